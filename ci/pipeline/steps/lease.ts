// A lease in the state bucket, taken by a conditional write: one run at a time holds it.
import type { Documents } from "../tools/s3.js"
import { reasonOf, say } from "../tools/say.js"

/** Seconds after which a lease that nobody renews is free again: the run that held it was killed. */
const lifetime = 120
/** Seconds between renewals. */
const renewal = 30
/** Seconds before its end in which a lease is renewed before anything is changed: clocks differ. */
const margin = 60

/** What a run asks for. */
export interface Wanted {
  /** The lease's name, such as `environments/preview-nightly`. */
  name: string
  /** The id of the run. */
  run: string
  /** ARN of who calls. */
  caller: string
  /**
   * Whether it is for a whole deployment. While one is at work, another one is refused; a single step waits for it, and a
   * deployment waits for a step of another one.
   */
  whole: boolean
  /** Seconds to wait for another run that holds it, unless that is refused. */
  patience: number
  /** Whether nothing is said of the waiting. */
  quiet?: boolean
}

interface Lease {
  /** The id of its run. */
  holder: string
  /** ARN of who started that run; leases of earlier versions have none. */
  caller?: string
  /** Whether it is for a whole deployment. */
  whole?: boolean
  /** When its holder was last seen. */
  seen: string
  until: string
}

/** A lease that a run has taken. */
export interface Held {
  /**
   * To be called before each change: a run that slept, or could not reach S3, may no longer hold its lease.
   *
   * @throws when the lease is another run's, or nobody can say whose it is
   */
  check(): Promise<void>
  /** Gives it back; where that fails it ends by itself, and the work is done all the same. */
  giveBack(): Promise<void>
}

/**
 * Takes a lease, and renews it until it is given back. It is the first thing that any work writes, so it also makes the bucket.
 * Another run that holds it is known to be at work by its next renewal. That of one that was killed ends, and is taken then.
 *
 * @param documents the state bucket
 * @param wanted which lease, for whom, and what for
 * @throws Busy when it is refused, or another run still holds it when patience has ended, with who it is; then nothing was done
 */
export async function takeLease(documents: Documents, wanted: Wanted): Promise<Held> {
  await documents.ensureBucket()
  const held = new HeldLease(documents, wanted)
  await held.take()
  held.renewing()
  return held
}

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
class HeldLease implements Held {
  /** When it ends, by this machine's clock, in milliseconds since 1970. */
  private until = 0
  private lost?: Error
  private renewal: Promise<void> = Promise.resolve()
  private timer?: NodeJS.Timeout
  private readonly key: string

  constructor(
    private readonly documents: Documents,
    private readonly wanted: Wanted,
  ) {
    this.key = `leases/${wanted.name}.json`
  }

  async take(): Promise<void> {
    const end = Date.now() + this.wanted.patience * 1000
    let first: Lease | undefined
    for (;;) {
      const existing = await this.read().catch((error) => {
        // A network that is away for a moment does not end minutes of waiting.
        if (!first || Date.now() >= end) throw error
        return "unknown" as const
      })
      if (existing === "unknown") {
        await pause()
        continue
      }
      const lease = existing?.lease
      // What this run could not give back is still its own.
      const free = !lease || lease.holder === this.wanted.run || isOver(lease.until)
      if (free && (await this.write(existing?.etag))) return
      if (!first && lease && !free && !this.wanted.quiet)
        say(
          `waiting for ${this.key}: it is held ${by(lease)}; should that run be dead, its lease ends at ${lease.until}`,
        )
      first ??= lease
      const atWork = lease && (lease.holder !== first?.holder || lease.seen !== first?.seen)
      const refused = atWork && lease.whole && this.wanted.whole
      if (refused || Date.now() >= end) throw new Busy(this.key, lease)
      await pause()
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
  renewing(): void {
    const keep = () => this.renew().catch((error) => say(`${this.key} could not be renewed: ${reasonOf(error)}`))
    this.timer = setInterval(keep, renewal * 1000)
  }

  async giveBack(): Promise<void> {
    clearInterval(this.timer)
    // A renewal that is under way would write the lease again after it was removed.
    await this.renewal.catch(() => {})
    try {
      const existing = await this.own()
      if (existing) await this.documents.removeIf(this.key, existing.etag)
    } catch (error) {
      say(`${this.key} could not be given back, so others wait until ${iso(this.until)}: ${reasonOf(error)}`)
    }
  }

  /** One renewal after the other. */
  private renew(): Promise<void> {
    this.renewal = this.renewal.catch(() => {}).then(() => this.renewNow())
    return this.renewal
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
    const { run, caller, whole } = this.wanted
    const lease: Lease = { holder: run, caller, whole, seen: iso(now), until: iso(until) }
    const written = await this.documents.writeIf(this.key, JSON.stringify(lease), seen)
    const own = written ? lease : (await this.own())?.lease
    if (own) this.until = new Date(own.until).getTime()
    return own !== undefined
  }

  /** The lease's document, if it is still this run's own. */
  private async own(): Promise<{ lease: Lease; etag: string } | undefined> {
    const existing = await this.read()
    return existing?.lease.holder === this.wanted.run ? existing : undefined
  }

  private async read(): Promise<{ lease: Lease; etag: string } | undefined> {
    const existing = await this.documents.read(this.key)
    return existing && { lease: JSON.parse(existing.text), etag: existing.etag }
  }
}

/** Between two looks at a lease that is another run's. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 2_000))

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

const stopped =
  "this run changes nothing more. See that no other run works on the same things, then run the same command again"

/** That another run holds a lease. */
export class Busy extends Error {
  /** The id of that run, where it is known. */
  readonly holder?: string

  constructor(key: string, lease?: Lease) {
    const until = lease ? `. Should it be dead, its lease ends at ${lease.until}` : ""
    super(`${key} is held ${by(lease)}; nothing was done. Wait for that run to finish${until}`)
    this.name = "Busy"
    this.holder = lease?.holder
  }
}

/** Who holds a lease: a session of a role is named after the run of GitHub that it was given to. */
function by(lease?: Lease): string {
  if (!lease) return "by another run that has just taken it"
  const { caller = "somebody", holder, seen } = lease
  return `by ${caller} (run ${holder.slice(0, 8)}, last seen ${seen})`
}
