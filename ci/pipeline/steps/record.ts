// Records a deployment in the state bucket: a report of what happened, and a lock of what is deployed when all went well.
import { formatLock, lockDigest, makeLock, type Report, type StepResult } from "../model/index.js"
import type { Deployment } from "./deployment.js"

const reportKey = (environment: string) => `reports/${environment}.json`
const lockKey = (environment: string) => `locks/${environment}.json`

/**
 * Writes report and lock.
 *
 * @param deployment the deployment
 * @param results what happened to its steps
 * @param started when it began
 * @returns one line that says what was recorded; never throws, because the results must be shown whatever happens
 */
export async function record(deployment: Deployment, results: StepResult[], started: Date): Promise<string> {
  const { environment, caller, sources, target } = deployment
  const { name } = environment
  const finished = results.every(({ outcome }) => outcome !== "failed" && outcome !== "skipped")
  const lock = finished ? makeLock(environment, sources.commit, (kind) => deployment.yielded(kind)) : null
  const report: Report = {
    format: 1,
    environment: name,
    target: target.title,
    by: caller,
    at: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    lock: lock && lockDigest(lock),
    results,
  }
  try {
    const documents = deployment.documents()
    if (lock) await documents.write(lockKey(name), formatLock(lock))
    await documents.write(reportKey(name), JSON.stringify(report))
    return lock
      ? `Recorded as ${report.lock}; \`lock --env ${name}\` prints it`
      : `\`report --env ${name}\` shows this again`
  } catch (error) {
    return `No report could be written: ${(error as Error).message}`
  }
}

/** The report of the last deployment, or undefined where there was none. */
export async function lastReport(deployment: Deployment): Promise<Report | undefined> {
  const document = await deployment.documents().read(reportKey(deployment.environment.name))
  return document && JSON.parse(document.text)
}

/** The lock of the last deployment that finished, as it is stored, or undefined where there was none. */
export async function lastLock(deployment: Deployment): Promise<string | undefined> {
  return (await deployment.documents().read(lockKey(deployment.environment.name)))?.text
}

/** Forgets the lock of an environment that was destroyed: nothing of it is deployed any more. */
export async function forgetLock(deployment: Deployment): Promise<void> {
  await deployment.documents().remove(lockKey(deployment.environment.name))
}
