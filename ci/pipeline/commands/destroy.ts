// destroy: takes an environment away in reverse order; what it shares with others stays.
import { buildGraph, destroyOrder, type Step, select } from "../model/index.js"
import { destroySteps, execute } from "../steps/execute.js"
import { forgetLock } from "../steps/record.js"
import { resultText } from "./result.js"
import type { Session } from "./session.js"

/**
 * Destroys an environment.
 *
 * @param session the call
 * @param name the environment's name
 * @param confirm the name once more, for protected environments
 * @returns the table of what was destroyed
 * @throws when the environment is protected and not confirmed, or a step fails
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
    await forgetLock(deployment)
    return [...(await destroySteps(destroyOrder(graph), deployment)), ...shared]
  })
  return resultText(deployment, results)
}
