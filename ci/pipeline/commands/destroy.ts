// destroy: takes an environment away in reverse order; what it shares with others stays.
import { buildGraph, destroyOrder, type FoundRelease, installer, type Step, select } from "../model/index.js"
import { destroySteps, execute } from "../steps/execute.js"
import { findLeftovers, removeForeign, removeLeftovers } from "../steps/leftovers.js"
import { foreignReleases } from "../steps/ownership.js"
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
 * @throws when the environment is protected, or holds what others have installed, and this is not confirmed: nothing is
 *   destroyed then; or when a step fails
 */
export async function destroy(session: Session, name: string, confirm: string): Promise<string> {
  const { protected: isProtected } = await session.environment(name)
  if (isProtected && confirm !== name)
    throw new Error(`${name} is protected: nothing was destroyed. If you mean it: --confirm ${name}`)

  const deployment = await session.deployment(name)
  const graph = buildGraph(deployment.environment)

  const results = await session.alone(deployment, async () => {
    // The shared infrastructure says where the cluster is; it is left as it is found.
    const isShared = (step: Step) => step.kind === "shared" || (step.kind === "infrastructure" && step.shared)
    const shared = await execute(select(graph, isShared), deployment)
    const foreign = await foreignReleases(deployment)
    if (foreign.length > 0 && confirm !== name) throw refusal(name, foreign)
    const gone = await removeForeign(foreign, deployment)
    if (failures(gone).length === 0) gone.push(...(await removeLeftovers(await findLeftovers(deployment), deployment)))
    if (failures(gone).length > 0) return [...gone, ...shared]
    await forgetLock(deployment)
    return [...gone, ...(await destroySteps(destroyOrder(graph), deployment)), ...shared]
  })
  return resultText(deployment, results)
}

function refusal(name: string, foreign: readonly FoundRelease[]): Error {
  const list = foreign.map((release) => `  release ${release.name} in ${release.namespace}: ${installer(release)}`)
  return new Error(
    `others have installed something in the namespaces of ${name}, which would be deleted, too:\n${list.join("\n")}\n` +
      `Nothing was destroyed. Have them remove it first, or, to destroy it too: --confirm ${name}`,
  )
}
