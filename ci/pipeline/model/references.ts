/** References in string values, such as "${infra.rds.address}": how they are written and what they mean. */

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
export function parts(text: string): Part[] {
  const found: Part[] = []
  let literal = ""
  let end = 0
  for (const match of text.matchAll(TOKEN)) {
    literal += text.slice(end, match.index)
    end = match.index + match[0].length
    if (match[0] === "$${") {
      literal += "${"
      continue
    }
    if (literal) found.push(literal)
    literal = ""
    if (match[1] !== undefined) found.push(parse(match[1]))
    else found.push({ kind: "malformed", source: text.slice(match.index).split("\n")[0], reason: "} is missing" })
  }
  literal += text.slice(end)
  if (literal || found.length === 0) found.push(literal)
  return found
}

/** The references of a string, in order. */
export const referencesIn = (text: string): (Reference | Malformed)[] =>
  parts(text).filter((part): part is Reference | Malformed => typeof part !== "string")

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

const malformed = (text: string): Malformed => ({
  kind: "malformed",
  source: `\${${text}}`,
  reason: `a reference is ${FORMS}; for a literal text write $\${${text}}`,
})
