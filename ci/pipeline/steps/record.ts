// Records a deployment in the state bucket: a report of what happened, and a lock of what is deployed when all went well.
import { formatLock, lockDigest, makeLock, type Remembered, type Report, type StepResult } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { environmentLease, lastHolder } from "./lease.js"

const reportKey = (environment: string) => `reports/${environment}.json`
const lockKey = (environment: string) => `locks/${environment}.json`

/**
 * Writes that a deployment has begun, beside the report of the one before it: a run that is killed cannot say so itself. The
 * report of its end takes the place of both.
 *
 * @param deployment the deployment
 * @param run the id of the run, which holds the environment's lease
 * @param started when it began
 */
export async function recordBegin(deployment: Deployment, run: string, started: Date): Promise<void> {
  const { environment, caller } = deployment
  const { last } = await read(deployment)
  const begun: Remembered["begun"] = { run, by: caller, at: started.toISOString() }
  await deployment.documents().write(reportKey(environment.name), JSON.stringify({ ...last, begun }))
}

async function read(deployment: Deployment): Promise<Remembered> {
  const document = await deployment.documents().read(reportKey(deployment.environment.name))
  if (!document) return {}
  const { begun, ...last }: Report & Pick<Remembered, "begun"> = JSON.parse(document.text)
  return { begun, ...(last.results && { last }) }
}

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
    await deployment.mayChange()
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

/** What is known of the last deployments: the one that ended last, and one that has begun since. */
export async function lastReport(deployment: Deployment): Promise<Remembered> {
  const known = await read(deployment)
  if (!known.begun) return known
  const holder = await lastHolder(deployment.documents(), environmentLease(deployment.environment.name))
  const own = holder?.run === known.begun.run ? holder : undefined
  if (own && !own.expired) return { ...known, begun: { ...known.begun, seen: own.seen, running: true } }
  // A run gives its lease back after it has written its report: it may have ended between the two.
  const now = await read(deployment)
  return now.begun?.run === known.begun.run ? { ...now, begun: { ...now.begun, seen: own?.seen } } : now
}

/** The lock of the last deployment that finished, as it is stored, or undefined where there was none. */
export async function lastLock(deployment: Deployment): Promise<string | undefined> {
  return (await deployment.documents().read(lockKey(deployment.environment.name)))?.text
}

/** Forgets the lock of an environment that was destroyed: nothing of it is deployed any more. */
export async function forgetLock(deployment: Deployment): Promise<void> {
  await deployment.documents().remove(lockKey(deployment.environment.name))
}
