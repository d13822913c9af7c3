// Structured logs: one JSON object per line on standard output.
export type Log = (level: "info" | "warn" | "error", message: string, fields?: Record<string, unknown>) => void

export const log: Log = (level, message, fields = {}) => {
  process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
}

/** What may be said about an error: never its stack or the query's values. */
export function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  // Node wraps "every address failed" in an error without a message, and the Kafka client all attempts, which fail alike.
  if (error instanceof AggregateError) return [...new Set(error.errors.map(reason))].join("; ")
  // "Connection failed" is all that the Kafka client says itself.
  const cause = error.cause === undefined ? "" : `: ${reason(error.cause)}`
  return (error.message || error.name).replace(/\.$/, "") + cause
}
