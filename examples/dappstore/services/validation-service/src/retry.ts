// Further attempts at documents that could not be reached, beside the partition: it never waits for them.
import { setTimeout as sleep } from "node:timers/promises"
import { check, type Verdict } from "./check.ts"
import type { Downloader } from "./download.ts"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import { type Store, UnstorableError } from "./store.ts"

const MINUTE = 60_000
const DELAYS_MS = [MINUTE, 5 * MINUTE, 30 * MINUTE, 120 * MINUTE, 720 * MINUTE]
const POLL_MS = 5000

/** Until the attempt after so many; undefined when there is none. */
export function delayAfter(attempts: number, verdict: Verdict, delays = DELAYS_MS): number | undefined {
  return verdict.status === "unreachable" ? delays[attempts - 1] : undefined
}

/** Makes the attempts that are due, one after the other, until the signal aborts. */
export async function retry(
  store: Store,
  downloader: Downloader,
  metrics: Metrics,
  log: Log,
  signal: AbortSignal,
  { delays = DELAYS_MS, pollMs = POLL_MS } = {},
): Promise<void> {
  while (!signal.aborted) {
    try {
      const due = await store.due()
      if (due) {
        const verdict = await check(due.claim, downloader)
        await store.retried(due, verdict, delayAfter(due.attempts + 1, verdict, delays)).catch((error) => {
          if (!(error instanceof UnstorableError)) throw error
          return store.retried(due, unstorable(verdict, error))
        })
        metrics.retries.inc({ status: verdict.status })
        log("info", "registration checked again", { key: due.key, attempt: due.attempts + 1, ...summary(verdict) })
        continue
      }
    } catch (error) {
      log("warn", "further attempts wait", { reason: reason(error), retryInMs: pollMs })
    }
    await sleep(pollMs, undefined, { signal }).catch(() => {})
  }
}

/** The verdict on a document that the database cannot hold. */
export function unstorable({ url }: Verdict, error: Error): Verdict {
  return { status: "invalid", reasons: [`the document cannot be stored: ${error.message}`], url }
}

export function summary({ status, reasons }: Verdict) {
  return { status, ...(reasons.length > 0 && { reasons }) }
}
