// deploy: carries out an environment's graph and says what happened, what runs and where to look.
import { buildGraph, formatResults } from "../model/index.js"
import { execute } from "../steps/execute.js"
import { addresses, podTable } from "../steps/pods.js"
import type { Session } from "./session.js"

/**
 * Deploys an environment.
 *
 * @param session the call
 * @param name the environment's name
 * @returns the table of steps, the table of pods, and where to look
 * @throws with the same table, when a step failed
 */
export async function deploy(session: Session, name: string): Promise<string> {
  const deployment = await session.deployment(name)
  const graph = buildGraph(deployment.environment)
  const title = `${name} on ${deployment.target.title}`

  const results = await session.alone(deployment, () => execute(graph, deployment))
  const failed = results.filter(({ outcome }) => outcome === "failed").map(({ step }) => step)
  if (failed.length > 0) {
    const next = `correct what is said above, then run the same command again: what is done is left alone`
    throw new Error([title, formatResults(results), `failed: ${failed.join(", ")}; ${next}`, title].join("\n\n"))
  }
  return [title, formatResults(results), await podTable(deployment), await addresses(deployment), title].join("\n\n")
}
