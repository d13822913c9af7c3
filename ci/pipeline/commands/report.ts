// report and lock: what the state bucket remembers of the last deployment.
import { formatRemembered } from "../model/index.js"
import { lastLock, lastReport } from "../steps/record.js"
import type { Session } from "./session.js"

/**
 * What happened in the last deployment of an environment, whether it succeeded, failed, runs or was killed.
 *
 * @param session the call
 * @param name the environment's name
 * @throws when there was none
 */
export async function reportText(session: Session, name: string): Promise<string> {
  const deployment = await session.deployment(name)
  const report = formatRemembered(deployment.title, await lastReport(deployment))
  if (!report)
    throw new Error(`there is no report of ${name} on ${deployment.target.title}: it was never deployed there`)
  return report
}

/**
 * What is deployed, by digest.
 *
 * @param session the call
 * @param name the environment's name
 * @throws when no deployment has finished, or the environment was destroyed
 */
export async function lockText(session: Session, name: string): Promise<string> {
  const deployment = await session.deployment(name)
  const lock = await lastLock(deployment)
  if (!lock)
    throw new Error(
      `there is no lock of ${name} on ${deployment.target.title}: no deployment has finished, or it was destroyed`,
    )
  return lock
}
