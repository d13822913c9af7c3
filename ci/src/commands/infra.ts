// infra: the infrastructure of one scope, planned, applied or read.
import { buildGraph, formatResults, SCOPES, type Scope, select } from "../model/index.js"
import { execute } from "../steps/execute.js"
import { planInfrastructure } from "../steps/infrastructure.js"
import type { Session } from "./session.js"

const actions = ["plan", "apply", "outputs"]

/**
 * Plans, applies or reads the infrastructure of one scope. What the scope needs of wider scopes is applied first, except
 * for a plan, which needs them to be there.
 *
 * @param session the call
 * @param name the environment's name
 * @param scope account, cluster or environment
 * @param action plan, apply or outputs
 * @returns the plan's text, the table of steps, or the outputs as JSON
 * @throws when scope or action is unknown, or a step fails
 */
export async function infra(session: Session, name: string, scope: string, action: string): Promise<string> {
  if (!SCOPES.includes(scope as Scope)) throw new Error(`there is no scope ${scope}: it is ${SCOPES.join(", ")}`)
  if (!actions.includes(action)) throw new Error(`infra cannot ${action}: it can ${actions.join(", ")}`)

  const deployment = await session.deployment(name)
  const id = `infra:${scope}`
  const graph = select(buildGraph(deployment.environment), (step) => step.id === id)
  if (action === "plan") return planInfrastructure(graph, scope as Scope, deployment)

  const results = await execute(graph, deployment)
  const table = [`${name} on ${deployment.target.title}`, formatResults(results)].join("\n\n")
  if (results.some(({ outcome }) => outcome === "failed")) throw new Error(table)
  return action === "outputs" ? JSON.stringify(deployment.yielded("infra")[scope].values, null, 2) : table
}
