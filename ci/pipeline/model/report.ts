/** The report: what happened in the last deployment of an environment, finished or not. It holds nothing secret. */
import { formatResults, type StepResult } from "./plan.js"

export interface Report {
  readonly format: 1
  readonly environment: string
  readonly target: string
  /** ARN of the caller. */
  readonly by: string
  /** When it began, as ISO 8601. */
  readonly at: string
  readonly seconds: number
  /** The digest of the lock; null where a step failed. */
  readonly lock: string | null
  readonly results: readonly StepResult[]
}

/** A report as text for people. */
export function formatReport({ environment, target, by, at, seconds, lock, results }: Report): string {
  const ended = lock ? `finished; lock ${lock}` : "a step failed"
  return [
    `${environment} on ${target}`,
    `begun ${at} by ${by}, ${seconds.toFixed(1)} s; ${ended}`,
    formatResults(results),
  ].join("\n\n")
}
