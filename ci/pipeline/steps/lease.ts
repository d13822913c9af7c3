// One deployment at a time for each scope: a lease in the state bucket, taken by a conditional write.
import { hostname } from "node:os"
import type { Documents } from "../tools/s3.js"
import { say } from "../tools/say.js"

/** Seconds after which a lease that nobody renews is free again: the run that held it was killed. */
const lifetime = 120
/** Seconds between renewals. */
const renewal = 30

interface Lease {
  holder: string
  /** When its holder was last seen. */
  seen: string
  until: string
}

/**
 * Does work while it holds a lease. It is the first thing that any work writes, so it also makes the bucket.
 *
 * @param documents the state bucket
 * @param name the lease's name, such as `environments/preview-nightly`
 * @param patience seconds to wait for another run that holds it
 * @param work what to do
 * @returns what the work returns
 * @throws when somebody else still holds it after that, with who and until when; then nothing was done
 */
export async function holding<T>(
  documents: Documents,
  name: string,
  patience: number,
  work: () => Promise<T>,
): Promise<T> {
  const key = `leases/${name}.json`
  const holder = `${crypto.randomUUID()} on ${hostname()}`
  await documents.ensureBucket()
  await take(documents, key, holder, Date.now() + patience * 1000)
  let renewed = Promise.resolve()
  const timer = setInterval(() => {
    renewed = documents.write(key, text(holder)).catch(report(key))
  }, renewal * 1000)
  try {
    return await work()
  } finally {
    clearInterval(timer)
    // A renewal that is under way would write the lease again after it was removed.
    await renewed
    await documents.remove(key)
  }
}

async function take(documents: Documents, key: string, holder: string, deadline: number): Promise<void> {
  for (;;) {
    const existing = await documents.read(key)
    const lease: Lease | undefined = existing && JSON.parse(existing.text)
    const free = !lease || new Date(lease.until) < new Date()
    if (free && (await documents.writeIf(key, text(holder), existing?.etag))) return
    if (Date.now() >= deadline) throw busy(key, lease)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
}

function text(holder: string): string {
  const now = Date.now()
  const until = new Date(now + lifetime * 1000).toISOString()
  return JSON.stringify({ holder, seen: new Date(now).toISOString(), until } satisfies Lease)
}

function busy(key: string, lease?: Lease): Error {
  const who = lease ? `by run ${lease.holder}, last seen ${lease.seen}` : "by a run that was quicker"
  const until = lease ? `: if it was killed, its lease ends at ${lease.until}` : ""
  return new Error(`${key} is held ${who}; nothing was done. Wait until that run is done${until}`)
}

const report = (key: string) => (error: Error) => say(`${key} could not be renewed: ${error.message}`)
