// infra: the infrastructure of one scope, planned, applied or read.
import { buildGraph, type Owner, ownerText, SCOPES, type Scope, select } from "../model/index.js"
import type { Deployment } from "../steps/deployment.js"
import { execute } from "../steps/execute.js"
import { infrastructureState, planInfrastructure } from "../steps/infrastructure.js"
import { plan } from "../steps/plan.js"
import { resultText } from "./result.js"
import type { Session } from "./session.js"

const actions = ["plan", "apply", "outputs", "state"]

/**
 * Plans, applies or reads the infrastructure of one scope. To apply it, what it needs of wider scopes is applied first; to
 * plan or read it, they must be there. An apply always runs OpenTofu, which puts right what somebody else has changed in AWS.
 *
 * @param session the call
 * @param owner which environment or cluster
 * @param scope account, cluster or environment
 * @param action plan, apply, outputs or state
 * @returns the plan's text, the table of steps, the outputs as JSON, or the resources that the state holds
 * @throws when scope or action is unknown, a step fails, or something that is needed was never applied
 */
export async function infra(session: Session, owner: Owner, scope: string, action: string): Promise<string> {
  if (!SCOPES.includes(scope as Scope)) throw new Error(`there is no scope ${scope}: there are ${SCOPES.join(", ")}`)
  if (!actions.includes(action)) throw new Error(`there is no action ${action}: there are ${actions.join(", ")}`)

  const deployment = await session.deployment(owner)
  const id = `infra:${scope}`
  const graph = select(buildGraph(deployment.stage), (step) => step.id === id)
  if (graph.steps.length === 0) throw new Error(`${ownerText(owner)} has no infrastructure of the scope ${scope}`)
  if (action === "apply") return resultText(deployment, await execute(graph, deployment, id))

  const above = { ...graph, steps: graph.steps.filter((step) => step.id !== id) }
  await read(above, deployment, scope)
  if (action === "plan") return planInfrastructure(scope as Scope, deployment)
  if (action === "state") return infrastructureState(scope as Scope, deployment)
  await read(graph, deployment, scope)
  return JSON.stringify(deployment.yields.infrastructure[scope].outputs, null, 2)
}

/** Makes the outputs of infrastructure known, as the last apply left them. */
async function read(graph: ReturnType<typeof buildGraph>, deployment: Deployment, scope: string): Promise<void> {
  const missing = (await plan(graph, deployment, "none")).filter(({ action }) => action === "create")
  if (missing.length === 0) return
  const steps = missing.map(({ step }) => step).join(", ")
  throw new Error(`${steps} was never applied, and ${scope} needs its outputs: run infra --action apply first`)
}
