/** What a deployment would do, and what it did: plain data and tables of text. */

export type Action = "create" | "update" | "unchanged" | "delete" | "unknown"

/** What would happen to one step; "unknown" as long as something that it needs does not exist. */
export interface PlannedStep {
  readonly step: string
  readonly action: Action
  /** One line, such as "2 to add, 1 to change". */
  readonly summary: string
  /** Further lines, such as single changes. */
  readonly details?: readonly string[]
}

export interface Plan {
  /** The environment or the cluster, and the target. */
  readonly title: string
  readonly steps: readonly PlannedStep[]
}

export type Outcome = "created" | "updated" | "unchanged" | "deleted" | "failed" | "skipped"

/** What happened to one step. */
export interface StepResult {
  readonly step: string
  readonly outcome: Outcome
  /** A digest, a version, or what else says exactly what is there now. */
  readonly identity?: string
  readonly seconds?: number
  /** Why it failed or was skipped, or what else was done. */
  readonly note?: string
}

/**
 * A table with aligned columns. Numbers stand at the right.
 *
 * @example
 * formatTable(["step", "seconds"], [["infra:account", 3.24]])
 * // step           seconds
 * // infra:account      3.2
 */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): string {
  const cells = rows.map((row) => headers.map((_, column) => text(row[column])))
  const widths = headers.map((header, column) => Math.max(header.length, ...cells.map((row) => row[column].length)))
  const numeric = headers.map((_, column) => rows.length > 0 && rows.every((row) => typeof row[column] !== "string"))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (numeric[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd()
  return [headers, ...cells].map(line).join("\n")
}

const text = (cell: string | number | undefined) => (typeof cell === "number" ? cell.toFixed(1) : (cell ?? ""))

/** A plan as a table, followed by the details of the steps that have any. */
export function formatPlan({ title, steps }: Plan): string {
  const changes = steps.filter((step) => step.action !== "unchanged").length
  const table = formatTable(
    ["step", "action", "summary"],
    steps.map(({ step, action, summary }) => [step, action, summary]),
  )
  const details = steps
    .filter((step) => step.details?.length)
    .map(({ step, details = [] }) => [`${step}:`, ...details.map((line) => `  ${line}`)].join("\n"))
  return [`Plan for ${title}: ${changes} of ${steps.length} steps would change something`, table, ...details].join(
    "\n\n",
  )
}

/** The results of a deployment as a table, followed by the notes of the steps that have one. */
export function formatResults(results: readonly StepResult[]): string {
  const table = formatTable(
    ["step", "result", "digest or version", "seconds"],
    results.map(({ step, outcome, identity, seconds }) => [step, outcome, identity && shorten(identity), seconds]),
  )
  const notes = results.flatMap(({ step, note }) => (note ? [`${step}: ${note.trim()}`] : []))
  return [table, ...notes].join("\n\n")
}

/** Digests are cut to what is enough to tell them apart; the lock holds all of them in full. */
const shorten = (identity: string) => identity.replace(/sha256:([0-9a-f]{12})[0-9a-f]{52}/g, "sha256:$1")
