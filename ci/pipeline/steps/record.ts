// Records a deployment in the state bucket: a report of what happened, and a lock of what is deployed when all went well.
import { formatLock, lockDigest, makeLock, type Remembered, type Report, type StepResult } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { lastHolder } from "./lease.js"
import { leaseName } from "./leases.js"

/** The documents of an environment are named after it, those of a cluster lie apart. */
const documentName = ({ stage }: Deployment) => (stage.scope === "environment" ? stage.name : leaseName(stage))
const reportKey = (deployment: Deployment) => `reports/${documentName(deployment)}.json`
const lockKey = (deployment: Deployment) => `locks/${documentName(deployment)}.json`

/**
 * Writes that a deployment has begun, beside the report of the one before it: a run that is killed cannot say so itself. The
 * report of its end takes the place of both.
 *
 * @param deployment the deployment
 * @param started when it began
 */
export async function recordBegin(deployment: Deployment, started: Date): Promise<void> {
  const { caller, leases } = deployment
  const { last } = await read(deployment)
  const begun: Remembered["begun"] = { run: leases.run, by: caller, at: started.toISOString() }
  await deployment.documents().write(reportKey(deployment), JSON.stringify({ ...last, begun }))
}

async function read(deployment: Deployment): Promise<Remembered> {
  const document = await deployment.documents().read(reportKey(deployment))
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
  const { stage, caller, sources, target, yields } = deployment
  const { scope, name } = stage
  const finished = results.every(({ outcome }) => outcome !== "failed" && outcome !== "skipped")
  const lock = finished ? makeLock(stage, sources.commit, yields) : null
  const report: Report = {
    format: 1,
    ...(scope === "environment" ? { environment: name } : { cluster: name }),
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
    if (lock) await documents.write(lockKey(deployment), formatLock(lock))
    await documents.write(reportKey(deployment), JSON.stringify(report))
    const option = `${scope === "environment" ? "--env" : "--cluster"} ${name}`
    return lock ? `Recorded as ${report.lock}; \`lock ${option}\` prints it` : `\`report ${option}\` shows this again`
  } catch (error) {
    return `No report could be written: ${(error as Error).message}`
  }
}

/** What is known of the last deployments: the one that ended last, and one that has begun since. */
export async function lastReport(deployment: Deployment): Promise<Remembered> {
  const known = await read(deployment)
  if (!known.begun) return known
  const holder = await lastHolder(deployment.documents(), leaseName(deployment.stage))
  const own = holder?.run === known.begun.run ? holder : undefined
  if (own && !own.expired) return { ...known, begun: { ...known.begun, seen: own.seen, running: true } }
  // A run gives its lease back after it has written its report: it may have ended between the two.
  const now = await read(deployment)
  return now.begun?.run === known.begun.run ? { ...now, begun: { ...now.begun, seen: own?.seen } } : now
}

/** The lock of the last deployment that finished, as it is stored, or undefined where there was none. */
export async function lastLock(deployment: Deployment): Promise<string | undefined> {
  return (await deployment.documents().read(lockKey(deployment)))?.text
}

/** Forgets the lock of a stage that was destroyed: nothing of it is deployed any more. */
export async function forgetLock(deployment: Deployment): Promise<void> {
  await deployment.documents().remove(lockKey(deployment))
}
