// What doctor says about one thing.

/** Unknown: it could not be asked, or it may be meant so. */
export type State = "ok" | "missing" | "unknown"

/** What was looked at, how it is, and what to do. */
export type Finding = [what: string, state: State, note: string]
