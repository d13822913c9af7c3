// destroy: takes an environment away in reverse order; what it shares with others stays.
import { buildGraph, destroyOrder, formatResults, type Step, type StepResult, select } from "../model/index.js"
import type { Deployment } from "../steps/deployment.js"
import { execute } from "../steps/execute.js"
import { stepFor } from "../steps/index.js"
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
  const title = `${name} on ${deployment.target.title}`

  const results = await session.alone(deployment, async () => {
    // The shared infrastructure says where the cluster is; it is left as it is found.
    const isShared = (step: Step) => step.kind === "infrastructure" && step.shared
    const shared = await execute(select(graph, isShared), deployment)
    return [...(await destroyAll(destroyOrder(graph), deployment)), ...shared]
  })
  const table = [title, formatResults(results), title].join("\n\n")
  if (results.some(({ outcome }) => outcome === "failed")) throw new Error(table)
  return table
}

/** One step after the other; a failure ends it, because what comes later may be needed by what is still there. */
async function destroyAll(steps: Step[], deployment: Deployment): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    const started = Date.now()
    const seconds = () => (Date.now() - started) / 1000
    try {
      await stepFor(step, deployment).destroy()
      results.push({ step: step.id, outcome: "deleted", seconds: seconds() })
    } catch (error) {
      return [...results, { step: step.id, outcome: "failed", seconds: seconds(), note: (error as Error).message }]
    }
  }
  return results
}
