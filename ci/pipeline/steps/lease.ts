// One deployment at a time for each scope: a lease in the state bucket, taken by a conditional write.
import type { Documents } from "../tools/s3.js"
import { reasonOf, say } from "../tools/say.js"

/** Seconds after which a lease that nobody renews is free again: the run that held it was killed. */
const lifetime = 120
/** Seconds between renewals. */
const renewal = 30
/** Seconds before its end in which a lease is renewed before anything is changed: clocks differ. */
const margin = 30

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

/** A run that holds a lease. */
export interface Run {
  readonly id: string
  /**
   * To be called before each change: a run that slept, or could not reach S3, may no longer hold its lease.
   *
   * @throws when the lease is another run's, or nobody can say whose it is
   */
  check(): Promise<void>
}

/**
 * Does work while it holds a lease. It is the first thing that any work writes, so it also makes the bucket.
 *
 * @param documents the state bucket
 * @param wanted which lease, for whom, and how long to wait for it
 * @param work what to do; it is given its run
 * @returns what the work returns
 * @throws when somebody else still holds it after that, with who and until when; then nothing was done
 */
export async function holding<T>(documents: Documents, wanted: Wanted, work: (run: Run) => Promise<T>): Promise<T> {
  await documents.ensureBucket()
  const held = new HeldLease(documents, `leases/${wanted.name}.json`, wanted.caller)
  await held.take(Date.now() + wanted.patience * 1000)
  const timer = setInterval(() => held.keep(), renewal * 1000)
  try {
    return await work(held)
  } finally {
    clearInterval(timer)
    await held.giveBack()
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

/** The lease of one run: each write of it names the run, and is refused where another one has written since. */
class HeldLease implements Run {
  readonly id = crypto.randomUUID()
  /** When it ends, by this machine's clock, in milliseconds since 1970. */
  private until = 0
  private lost?: Error
  private renewing: Promise<void> = Promise.resolve()

  constructor(
    private readonly documents: Documents,
    private readonly key: string,
    private readonly caller: string,
  ) {}

  async take(deadline: number): Promise<void> {
    for (let tries = 0; ; tries++) {
      const existing = await this.read()
      const lease = existing?.lease
      const free = !lease || isOver(lease.until)
      if (free && (await this.write(existing?.etag))) return
      if (Date.now() >= deadline) throw busy(this.key, lease)
      if (tries === 0 && !free) say(`waiting for ${this.key}: it is held ${by(lease)}`)
      await new Promise((resolve) => setTimeout(resolve, 2_000))
    }
  }

  async check(): Promise<void> {
    if (!this.lost && Date.now() > this.until - margin * 1000) await this.renew().catch(() => {})
    if (!this.lost && Date.now() > this.until)
      this.lost = new Error(
        `${this.key} ended at ${new Date(this.until).toISOString()} and could not be renewed; ${stopped}`,
      )
    if (this.lost) throw this.lost
  }

  /** Renews it while work goes on; what cannot be renewed now may be renewed later. */
  keep(): void {
    this.renew().catch((error) => say(`${this.key} could not be renewed: ${reasonOf(error)}`))
  }

  /** Gives it back; where that fails it ends by itself, and the work is done all the same. */
  async giveBack(): Promise<void> {
    // A renewal that is under way would write the lease again after it was removed.
    await this.renewing.catch(() => {})
    try {
      const existing = await this.own()
      if (existing) await this.documents.removeIf(this.key, existing.etag)
    } catch (error) {
      say(`${this.key} could not be given back, so others wait until ${iso(this.until)}: ${reasonOf(error)}`)
    }
  }

  /** One renewal after the other. */
  private renew(): Promise<void> {
    this.renewing = this.renewing.catch(() => {}).then(() => this.renewNow())
    return this.renewing
  }

  private async renewNow(): Promise<void> {
    if (this.lost) throw this.lost
    const own = await this.own()
    if (own && (await this.write(own.etag))) return
    const lease = (await this.read())?.lease
    this.lost = new Error(`another run has taken ${this.key}, ${lease ? by(lease) : "and has ended since"}; ${stopped}`)
    throw this.lost
  }

  /**
   * Whether it was written, which lets it last from now on. An earlier write whose answer was lost may be the reason why one
   * is refused: what is there tells whose the lease is, and until when.
   */
  private async write(seen: string | undefined): Promise<boolean> {
    const now = Date.now()
    const until = now + lifetime * 1000
    const lease: Lease = { holder: this.id, caller: this.caller, seen: iso(now), until: iso(until) }
    const written = await this.documents.writeIf(this.key, JSON.stringify(lease), seen)
    const own = written ? lease : (await this.own())?.lease
    if (own) this.until = new Date(own.until).getTime()
    return own !== undefined
  }

  /** The lease's document, if it is still this run's own. */
  private async own(): Promise<{ lease: Lease; etag: string } | undefined> {
    const existing = await this.read()
    return existing?.lease.holder === this.id ? existing : undefined
  }

  private async read(): Promise<{ lease: Lease; etag: string } | undefined> {
    const existing = await this.documents.read(this.key)
    return existing && { lease: JSON.parse(existing.text), etag: existing.etag }
  }
}

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

const stopped =
  "this run changes nothing more. See that no other run works on the same things, then run the same command again"

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
