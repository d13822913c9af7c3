/** References in string values, such as "${infra.rds.address}": how they are written and what they mean. */
import type { Position } from "./problems.js"
import type { ScalarTree } from "./tree.js"

/** What a reference points to; `text` is how it was written, without "${" and "}". */
export type Reference =
  | { readonly kind: "environment"; readonly text: string; readonly fact: string }
  /** What is worked out from the files of all environments, see DERIVED. */
  | { readonly kind: "derived"; readonly text: Derived }
  | { readonly kind: "image"; readonly text: string; readonly image: string }
  | {
      readonly kind: "infra"
      readonly text: string
      /** Set when the output is another environment's. */
      readonly environment?: string
      readonly unit: string
      /** The output's name, then keys inside it. */
      readonly output: readonly string[]
    }

/** A string is a row of literal texts and references. */
export type Part = string | Reference | Malformed
export interface Malformed {
  readonly kind: "malformed"
  /** As it was written, with "${". */
  readonly source: string
  readonly reason: string
}

/**
 * repositories: all ECR repositories, of the images and of the charts of all environments. github, tenants: the inputs of
 * unit access. github.roles: whether this repository's workflows have roles. tenants.namespaces: the namespaces of each
 * tenant on the environment's cluster.
 */
export const DERIVED = ["repositories", "github", "github.roles", "tenants", "tenants.namespaces"] as const
export type Derived = (typeof DERIVED)[number]

const FORMS =
  "${environment.X}, ${images.X}, ${repositories}, ${github}, ${github.roles}, ${tenants}, ${tenants.namespaces}, ${infra.UNIT.OUTPUT} or ${environments.NAME.infra.UNIT.OUTPUT}"
const TOKEN = /\$\$\{|\$\{([^{}]*)\}|\$\{/g

/**
 * Splits a string into its parts. "$${" stands for a literal "${".
 *
 * @example
 * parts("jdbc://${infra.rds.address}:5432")   // ["jdbc://", { kind: "infra", unit: "rds", ... }, ":5432"]
 */
export const parts = (text: string): Part[] => split(text).map(({ part }) => part)

/** The parts of a scalar's text, each with its place. */
export const placedParts = ({ value, at, marks }: ScalarTree): { part: Part; at: Position }[] =>
  split(String(value)).map(({ part, mark }) => ({ part, at: marks?.[mark] ?? at }))

/** A part, and how many "${" stand before it; of a literal text, -1. */
interface Placed {
  readonly part: Part
  readonly mark: number
}

function split(text: string): Placed[] {
  const found: Placed[] = []
  let literal = ""
  let end = 0
  const flush = () => {
    if (literal) found.push({ part: literal, mark: -1 })
    literal = ""
  }
  for (const [mark, match] of [...text.matchAll(TOKEN)].entries()) {
    literal += text.slice(end, match.index)
    end = match.index + match[0].length
    if (match[0] === "$${") {
      literal += "${"
      continue
    }
    flush()
    found.push({ part: match[1] === undefined ? unclosed(text.slice(match.index)) : parse(match[1]), mark })
  }
  literal += text.slice(end)
  if (found.length === 0) return [{ part: literal, mark: -1 }]
  flush()
  return found
}

/** The references of a string, in order. */
export const referencesIn = (text: string): (Reference | Malformed)[] => parts(text).filter(isReference)

/** The references of a scalar's text, each with its place. */
export const placedReferences = (scalar: ScalarTree): { reference: Reference | Malformed; at: Position }[] =>
  placedParts(scalar).flatMap(({ part, at }) => (isReference(part) ? [{ reference: part, at }] : []))

const isReference = (part: Part): part is Reference | Malformed => typeof part !== "string"

/**
 * A text with some of its references replaced; all else stays as it was written.
 *
 * @param replace the text that stands for a reference, or undefined for one that stays
 * @returns the text, and which of its "${" are left, counted from 0
 */
export function replaceReferences(
  text: string,
  replace: (reference: Reference) => string | undefined,
): { text: string; kept: number[] } {
  const kept: number[] = []
  let index = -1
  const replaced = text.replace(TOKEN, (source, inner?: string) => {
    index += 1
    const reference = inner === undefined ? undefined : parse(inner)
    const found = reference && reference.kind !== "malformed" ? replace(reference) : undefined
    if (found !== undefined) return escapeReferences(found)
    kept.push(index)
    return source
  })
  return { text: replaced, kept }
}

/** The reference, if the string is nothing but one: then the value keeps the type of what it points to. */
export function wholeReference(text: string): Reference | undefined {
  const [only, ...others] = parts(text)
  return others.length === 0 && typeof only === "object" && only.kind !== "malformed" ? only : undefined
}

/** Makes text safe to stand where references are looked for. */
export const escapeReferences = (text: string) => text.replaceAll("${", () => "$${")

function parse(text: string): Reference | Malformed {
  const names = text.split(".")
  if (!names.every((name) => /^[A-Za-z0-9_-]+$/.test(name))) return malformed(text)
  const [root, ...rest] = names
  if (root === "environment" && rest.length === 1) return { kind: "environment", text, fact: rest[0] }
  if ((DERIVED as readonly string[]).includes(text)) return { kind: "derived", text: text as Derived }
  if (root === "images" && rest.length === 1) return { kind: "image", text, image: rest[0] }
  if (root === "infra" && rest.length >= 2) return { kind: "infra", text, unit: rest[0], output: rest.slice(1) }
  if (root === "environments" && rest.length >= 4 && rest[1] === "infra") {
    return { kind: "infra", text, environment: rest[0], unit: rest[2], output: rest.slice(3) }
  }
  return malformed(text)
}

/** "${" without its "}", or with more braces: mostly a literal text, such as GitHub's ${{ ... }}. */
function unclosed(text: string): Malformed {
  const expression = /^\$\{\{.*?\}\}/.exec(text)?.[0]
  const source = expression ?? text.split("\n")[0]
  const wrong = expression ? "a reference has single braces" : "of a reference, } is missing"
  return { kind: "malformed", source, reason: `for a literal text write $${source}; ${wrong}` }
}

const malformed = (text: string): Malformed => ({
  kind: "malformed",
  source: `\${${text}}`,
  reason: `a reference is ${FORMS}; for a literal text write $\${${text}}`,
})
