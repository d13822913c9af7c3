// The leases of one run, by owner: work of the same run that needs the same lease shares it.
import type { Owner } from "../model/index.js"
import type { Documents } from "../tools/s3.js"
import { type Held, takeLease, type Wanted } from "./lease.js"

const halfAnHour = 30 * 60

/** How a lease is taken. */
type How = Partial<Pick<Wanted, "whole" | "patience" | "quiet">>

/** A lease, and how much work of the run needs it. */
interface Counted {
  users: number
  taking: Promise<Held>
  taken?: Held
  ended?: Promise<void>
}

/** The name of the lease of an owner: whatever changes its units or releases holds it. */
export const leaseName = ({ scope, name }: Pick<Owner, "scope" | "name">) => `${scope}s/${name}`

/** The leases that a run holds. */
export class Leases {
  /** The id of the run. */
  readonly run = crypto.randomUUID()
  private readonly held = new Map<string, Counted>()

  /**
   * @param documents the state bucket
   * @param caller ARN of who calls
   */
  constructor(
    private readonly documents: Documents,
    private readonly caller: string,
  ) {}

  /**
   * Does work while the run holds the lease of an owner. Other work of the run may hold it, too.
   *
   * @param owner whose lease
   * @param work what to do; it is told whether it was waited for, so that another run may have been at work
   * @param how whether it is for a whole deployment, which is refused while another one is at work; and how long to wait
   * @returns what the work returns
   * @throws Busy when it is refused, or another run still holds it when patience has ended; then nothing was done
   */
  async holding<T>(owner: Owner, work: (fresh: boolean) => Promise<T>, how: How = {}): Promise<T> {
    const name = leaseName(owner)
    for (let held = this.held.get(name); held?.ended; held = this.held.get(name)) await held.ended
    const lease = this.held.get(name) ?? this.take(name, how)
    const fresh = !lease.taken
    lease.users++
    try {
      await lease.taking
      return await work(fresh)
    } finally {
      if (--lease.users === 0) await this.end(name, lease)
    }
  }

  /** Before each change: throws where a lease of one of the owners, if the run has taken it, is no longer its own. */
  async check(...owners: Owner[]): Promise<void> {
    await Promise.all(owners.map((owner) => this.held.get(leaseName(owner))?.taken?.check()))
  }

  private take(name: string, { whole = false, patience = halfAnHour, quiet }: How): Counted {
    const { documents, run, caller } = this
    const taking = takeLease(documents, { name, run, caller, whole, patience, quiet })
    const lease: Counted = { users: 0, taking }
    this.held.set(name, lease)
    taking.then(
      (taken) => {
        lease.taken = taken
      },
      () => {},
    )
    return lease
  }

  private end(name: string, lease: Counted): Promise<void> {
    lease.ended = (lease.taken?.giveBack() ?? Promise.resolve()).finally(() => this.held.delete(name))
    return lease.ended
  }
}
