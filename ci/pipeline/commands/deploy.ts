// deploy: carries out an environment's graph and says what happened, what runs and where to look.
import { buildGraph } from "../model/index.js"
import { execute } from "../steps/execute.js"
import { whatRuns } from "../steps/pods.js"
import { record } from "../steps/record.js"
import { failures, resultText } from "./result.js"
import type { Session } from "./session.js"

/**
 * Deploys an environment.
 *
 * @param session the call
 * @param name the environment's name
 * @returns the table of steps, the table of pods, where to look, and what was recorded
 * @throws with the same table, when a step failed
 */
export async function deploy(session: Session, name: string): Promise<string> {
  const started = new Date()
  const deployment = await session.deployment(name)
  const { results, recorded } = await session.alone(deployment, async () => {
    const results = await execute(buildGraph(deployment.environment), deployment)
    return { results, recorded: await record(deployment, results, started) }
  })
  if (failures(results).length > 0) return resultText(deployment, results, recorded)
  return resultText(deployment, results, ...(await whatRuns(deployment)), recorded)
}
