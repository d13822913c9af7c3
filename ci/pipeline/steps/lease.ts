// One deployment at a time for each scope: a lease in the state bucket, taken by a conditional write.
import type { Documents } from "../tools/s3.js"
import { say } from "../tools/say.js"

/** Seconds after which a lease that nobody renews is free again: the run that held it was killed. */
const lifetime = 120
/** Seconds between renewals. */
const renewal = 30

/** What a run asks for. */
interface Wanted {
  /** The lease's name, such as `environments/preview-nightly`. */
  name: string
  /** ARN of who calls. */
  caller: string
  /** Seconds to wait for another run that holds it. */
  patience: number
}

interface Lease {
  /** The id of its run. */
  holder: string
  /** ARN of who started that run; leases of earlier versions have none. */
  caller?: string
  /** When its holder was last seen. */
  seen: string
  until: string
}

/**
 * Does work while it holds a lease. It is the first thing that any work writes, so it also makes the bucket.
 *
 * @param documents the state bucket
 * @param wanted which lease, for whom, and how long to wait for it
 * @param work what to do; it is given the id of its run
 * @returns what the work returns
 * @throws when somebody else still holds it after that, with who and until when; then nothing was done
 */
export async function holding<T>(documents: Documents, wanted: Wanted, work: (run: string) => Promise<T>): Promise<T> {
  const key = `leases/${wanted.name}.json`
  const mine = { holder: crypto.randomUUID(), caller: wanted.caller }
  await documents.ensureBucket()
  await take(documents, key, mine, Date.now() + wanted.patience * 1000)
  let renewed = Promise.resolve()
  const timer = setInterval(() => {
    renewed = renew(documents, key, mine).catch(report(key))
  }, renewal * 1000)
  try {
    return await work(mine.holder)
  } finally {
    clearInterval(timer)
    // A renewal that is under way would write the lease again after it was removed.
    await renewed
    if (await held(documents, key, mine)) await documents.remove(key)
  }
}

/** The name of the lease of an environment. */
export const environmentLease = (environment: string) => `environments/${environment}`

/** Who took a lease last and did not give it back: a run that works, or, where the lease has expired, one that was killed. */
export async function lastHolder(
  documents: Documents,
  name: string,
): Promise<{ run: string; seen: string; expired: boolean } | undefined> {
  const existing = await documents.read(`leases/${name}.json`)
  if (!existing) return undefined
  const { holder, seen, until }: Lease = JSON.parse(existing.text)
  return { run: holder, seen, expired: isOver(until) }
}

const isOver = (until: string) => new Date(until) < new Date()

/** Renews a lease that is still held. One that could not be renewed in time may be another run's by now. */
async function renew(documents: Documents, key: string, mine: Holder): Promise<void> {
  const existing = await held(documents, key, mine)
  if (!existing || !(await documents.writeIf(key, text(mine), existing.etag)))
    throw new Error("another run has taken it and may be changing the same things")
}

/** The lease's document, if it is still the run's own. */
async function held(documents: Documents, key: string, mine: Holder): Promise<{ etag: string } | undefined> {
  const existing = await documents.read(key)
  return existing && (JSON.parse(existing.text) as Lease).holder === mine.holder ? existing : undefined
}

type Holder = Pick<Lease, "holder" | "caller">

async function take(documents: Documents, key: string, mine: Holder, deadline: number): Promise<void> {
  for (let tries = 0; ; tries++) {
    const existing = await documents.read(key)
    const lease: Lease | undefined = existing && JSON.parse(existing.text)
    const free = !lease || isOver(lease.until)
    if (free && (await documents.writeIf(key, text(mine), existing?.etag))) return
    if (Date.now() >= deadline) throw busy(key, lease)
    if (tries === 0) say(`waiting for ${key}: it is held ${by(lease)}`)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
}

function text(mine: Holder): string {
  const now = Date.now()
  const until = new Date(now + lifetime * 1000).toISOString()
  return JSON.stringify({ ...mine, seen: new Date(now).toISOString(), until } satisfies Lease)
}

function busy(key: string, lease?: Lease): Error {
  const until = lease ? `. If it was killed, its lease expires at ${lease.until}` : ""
  return new Error(`${key} is held ${by(lease)}; nothing was done. Wait for that run to finish${until}`)
}

/** Who holds a lease: a session of a role is named after the run of GitHub that it was given to. */
function by(lease?: Lease): string {
  if (!lease) return "by another run that has just taken it"
  const { caller = "somebody", holder, seen } = lease
  return `by ${caller} (run ${holder.slice(0, 8)}, last seen ${seen})`
}

const report = (key: string) => (error: Error) => say(`${key} could not be renewed: ${error.message}`)
