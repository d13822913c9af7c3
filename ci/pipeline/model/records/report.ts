/** The report: what happened in the last deployment of an environment or a cluster, whether it ended or not. It holds nothing secret. */
import { formatResults, type StepResult } from "./plan.js"

export interface Report {
  readonly format: 1
  /** What was deployed: one of the two. */
  readonly environment?: string
  readonly cluster?: string
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
export function formatReport({ environment, cluster, target, by, at, seconds, lock, results }: Report): string {
  const ended = lock ? `finished; lock ${lock}` : "a step failed"
  return [
    `${environment ?? `cluster ${cluster}`} on ${target}`,
    `begun ${at} by ${by}, ${seconds.toFixed(1)} s; ${ended}`,
    formatResults(results),
  ].join("\n\n")
}

/** A deployment of which nothing says yet that it has ended. */
export interface Begun {
  /** The id of the run. */
  readonly run: string
  /** ARN of the caller. */
  readonly by: string
  /** When it began, as ISO 8601. */
  readonly at: string
  /** When it last renewed its lease, as ISO 8601, where that is known. */
  readonly seen?: string
  /** Whether it still holds the lease. */
  readonly running?: boolean
}

/** What is remembered of an environment's deployments: the one that ended last, and one that has begun since. */
export interface Remembered {
  readonly begun?: Begun
  readonly last?: Report
}

/**
 * What is remembered as text for people.
 *
 * @param title the environment and the target
 * @returns nothing where there never was a deployment
 */
export function formatRemembered(title: string, { begun, last }: Remembered): string | undefined {
  if (!begun) return last && formatReport(last)
  const seen = begun.seen ? `, last seen ${begun.seen}` : ""
  const state = begun.running ? "is running" : "did not end; run `deploy` again to continue it"
  return [
    title,
    `begun ${begun.at} by ${begun.by} (run ${begun.run.slice(0, 8)}${seen}); it ${state}`,
    ...(last ? ["The deployment before it that ended:", formatReport(last)] : []),
  ].join("\n\n")
}
