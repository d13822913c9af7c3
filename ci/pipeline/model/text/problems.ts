/** Problems found in environment files and charts: where, what is wrong, and what would be right; all of them in one error. */
import { posix } from "node:path"

/** A place in a file; line and column count from 1. */
export interface Position {
  /** Relative to environments/; what lies elsewhere in the repository begins with `../`. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** One thing that is wrong, with the correction when there is a likely one. */
export interface Problem {
  readonly at?: Position
  readonly message: string
  readonly hint?: string
}

const DIRECTORY = "environments"

/** "environments/preview-dev.yaml:3:5", which editors and terminals make clickable. */
export const formatPosition = (at: Position) => `${posix.join(DIRECTORY, at.file)}:${at.line}:${at.column}`

/** One problem as text: position, message, and the hint on a line of its own. */
export const formatProblem = ({ at, message, hint }: Problem) =>
  `${at ? `${formatPosition(at)}: ` : ""}${message}${hint ? `\n    ${hint}` : ""}`

/** Sorted by place and without repetitions: a layer's problem shows up once, however many environments use the layer. */
export function tidyProblems(problems: readonly Problem[]): Problem[] {
  const distinct = new Map(problems.map((problem) => [formatProblem(problem), problem]))
  return [...distinct.values()].sort(
    (a, b) =>
      compare(a.at?.file ?? "", b.at?.file ?? "") ||
      (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
      (a.at?.column ?? 0) - (b.at?.column ?? 0) ||
      compare(a.message, b.message),
  )
}

/**
 * Everything that is wrong with a set of environment files.
 *
 * @example
 * 2 problems in the environment files:
 *   environments/_tiers/dev.yaml:4:3: unknown key "relases"
 *       did you mean "releases"?
 *   environments/lace-dev.yaml:1:7: there is no tier "dve"
 *       did you mean "dev"? known: dev, nightly, prod
 */
export class ModelError extends Error {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    const tidy = tidyProblems(problems)
    const count = tidy.length === 1 ? "1 problem" : `${tidy.length} problems`
    const list = tidy.map((problem) => `  ${formatProblem(problem).replaceAll("\n", "\n  ")}`).join("\n")
    const where = tidy.every(({ at }) => at?.file.startsWith("../")) ? "charts" : "environment files"
    super(`${count} in the ${where}:\n${list}`)
    this.name = "ModelError"
    this.problems = tidy
  }
}

/** Throws if there are problems. */
export function assertNone(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new ModelError(problems)
}

/** Order by code unit: the same on every machine, unlike localeCompare. */
export const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
