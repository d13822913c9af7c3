// What happens with a message: it is read, checked, and recorded. Whatever it is, there is an end to it.
import { setTimeout as sleep } from "node:timers/promises"
import { check, type Verdict } from "./check.ts"
import { type Claim, readClaim } from "./cip72.ts"
import type { Downloader } from "./download.ts"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import { delayAfter, summary, unstorable } from "./retry.ts"
import { type Entry, type Store, UnstorableError } from "./store.ts"
import { type Message, readMessage } from "./transaction.ts"

const LONGEST_DELAY_MS = 10_000

export type Registrations = Pick<Store, "has" | "record" | "undo">

export class Processor {
  readonly #store: Registrations
  readonly #downloader: Downloader
  readonly #metrics: Metrics
  readonly #log: Log

  constructor(store: Registrations, downloader: Downloader, metrics: Metrics, log: Log) {
    this.#store = store
    this.#downloader = downloader
    this.#metrics = metrics
    this.#log = log
  }

  /** Returns when the message's result is in the database; fails only when the signal aborts. */
  async process(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const message = readMessage(bytes)
    const result = await this.#process(message, signal)
    this.#metrics.registrations.inc({ status: result })
  }

  async #process(message: Message, signal: AbortSignal): Promise<string> {
    const { key, event, txHash, slot, registration, problems } = message
    if (problems.length === 0 && event === "undo") {
      await this.#untilStored(() => this.#store.undo(key), signal)
      this.#log("info", "registration rolled back", { key })
      return "undone"
    }
    if (problems.length === 0 && !registration) return "other"
    if (await this.#untilStored(() => this.#store.has(key), signal)) return "known"
    const { claim, problems: wrong } = registration ? readClaim(registration) : { claim: {}, problems: [] }
    problems.push(...wrong)
    const verdict: Verdict =
      problems.length === 0
        ? await check(claim as Claim, this.#downloader)
        : { status: "invalid", reasons: problems, url: claim.urls?.[0] }
    const entry: Entry = { key, txHash, slot, claim, verdict }
    const isNew = await this.#record(entry, signal)
    this.#log("info", "registration checked", { key, subject: claim.subject, ...summary(entry.verdict) })
    return isNew ? entry.verdict.status : "known"
  }

  async #record(entry: Entry, signal: AbortSignal): Promise<boolean> {
    try {
      return await this.#untilStored(() => this.#store.record(entry, delayAfter(1, entry.verdict)), signal)
    } catch (error) {
      if (!(error instanceof UnstorableError)) throw error
      entry.verdict = unstorable(entry.verdict, error)
      return await this.#untilStored(() => this.#store.record(entry), signal)
    }
  }

  /** While the database is away, the partition waits: nothing is lost, since nothing is committed. */
  async #untilStored<T>(run: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let delay = 500; ; delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
      signal.throwIfAborted()
      try {
        return await run()
      } catch (error) {
        if (error instanceof UnstorableError) throw error
        this.#log("warn", "database not ready, the topic waits", { reason: reason(error), retryInMs: delay })
        await sleep(delay, undefined, { signal })
      }
    }
  }
}
