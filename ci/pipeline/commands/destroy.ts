// destroy: takes an environment away in reverse order; what it shares with others stays.
import {
  buildGraph,
  destroyOrder,
  type FoundRelease,
  type Graph,
  installer,
  type StepResult,
  select,
} from "../model/index.js"
import type { Deployment } from "../steps/deployment.js"
import { destroySteps } from "../steps/execute.js"
import { findLeftovers, removeForeign, removeLeftovers } from "../steps/leftovers.js"
import { foreignReleases } from "../steps/ownership.js"
import { plan } from "../steps/plan.js"
import { forgetLock } from "../steps/record.js"
import { failures, resultText } from "./result.js"
import type { Session } from "./session.js"

/**
 * Destroys an environment, with what it owns and its file no longer names.
 *
 * @param session the call
 * @param name the environment's name
 * @param confirm the name once more, for protected environments, and where others have installed something in it
 * @returns the table of what was destroyed
 * @throws when the environment is protected, or holds what others have installed, and this is not confirmed, or what it
 *   shares with others was never deployed: nothing is destroyed then; or when a step fails
 */
export async function destroy(session: Session, name: string, confirm: string): Promise<string> {
  const { protected: isProtected } = await session.environment(name)
  if (isProtected && confirm !== name)
    throw new Error(`${name} is protected: nothing was destroyed. If you mean it: --confirm ${name}`)

  const deployment = await session.deployment(name)
  const graph = buildGraph(deployment.stage)

  const results = await session.alone(deployment, async () => {
    const shared = await sharedInfrastructure(graph, deployment)
    const foreign = await foreignReleases(deployment)
    if (foreign.length > 0 && confirm !== name) throw refusal(name, foreign)
    const gone = await removeForeign(foreign, deployment)
    if (failures(gone).length === 0) gone.push(...(await removeLeftovers(await findLeftovers(deployment), deployment)))
    if (failures(gone).length > 0) return [...gone, ...shared]
    await deployment.mayChange()
    await forgetLock(deployment)
    return [...gone, ...(await destroySteps(destroyOrder(graph), deployment)), ...shared]
  })
  return resultText(deployment, results)
}

/**
 * The shared infrastructure, which says where the cluster is, and is left as it is found. The environment's own is looked at,
 * too, so that what cannot be destroyed is known before anything is.
 */
async function sharedInfrastructure(graph: Graph, deployment: Deployment): Promise<StepResult[]> {
  const looked = select(graph, ({ kind }) => kind === "told" || kind === "infrastructure")
  const found = await plan(looked, deployment, "none")
  // What only another environment has may be missing: that one was destroyed before.
  const wide = looked.steps.filter((step) => step.kind !== "infrastructure" || step.stage.scope !== "environment")
  const missing = found.find(({ step, action }) => action === "create" && wide.some(({ id }) => id === step))
  if (missing)
    throw new Error(
      `${missing.step} was never deployed, so there is nothing of ${deployment.stage.name} in it: nothing was destroyed`,
    )
  const shared = new Set(looked.steps.filter((step) => step.shared).map(({ id }) => id))
  return found
    .filter(({ step }) => shared.has(step))
    .map(({ step, action, summary }) => ({
      step,
      outcome: "unchanged",
      ...(action !== "unchanged" && { note: `left as it is, though it is not up to date: ${summary}` }),
    }))
}

function refusal(name: string, foreign: readonly FoundRelease[]): Error {
  const list = foreign.map((release) => `  release ${release.name} in ${release.namespace}: ${installer(release)}`)
  return new Error(
    `others have installed something in the namespaces of ${name}, which would be deleted, too:\n${list.join("\n")}\n` +
      `Nothing was destroyed. Have them remove it first, or, to destroy it too: --confirm ${name}`,
  )
}
