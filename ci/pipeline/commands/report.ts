// report and lock: what the state bucket remembers of the last deployment.
import { formatRemembered, type Owner } from "../model/index.js"
import { lastLock, lastReport } from "../steps/record.js"
import type { Session } from "./session.js"

/**
 * What happened in the last deployment, whether it succeeded, failed, runs or was killed.
 *
 * @param session the call
 * @param owner of which environment or cluster
 * @throws when there was none
 */
export async function reportText(session: Session, owner: Owner): Promise<string> {
  const deployment = await session.deployment(owner)
  const report = formatRemembered(deployment.title, await lastReport(deployment))
  if (!report) throw new Error(`there is no report of ${deployment.title}: it was never deployed there`)
  return report
}

/**
 * What is deployed, by digest.
 *
 * @param session the call
 * @param owner of which environment or cluster
 * @throws when no deployment has finished, or it was destroyed
 */
export async function lockText(session: Session, owner: Owner): Promise<string> {
  const deployment = await session.deployment(owner)
  const lock = await lastLock(deployment)
  if (!lock) throw new Error(`there is no lock of ${deployment.title}: no deployment has finished, or it was destroyed`)
  return lock
}
