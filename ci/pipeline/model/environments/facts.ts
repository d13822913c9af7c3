/** Fills in ${environment.X} and what is derived from all files, which are known before anything is deployed. */

import type { Position, Problem } from "../text/problems.js"
import { type Derived, placedReferences, replaceReferences, wholeReference } from "../text/references.js"
import { suggest } from "../text/suggest.js"
import { type Json, type MapTree, mapScalars, type Path, type ScalarTree, treeAt, treeOf } from "../text/tree.js"
import { scopeAt } from "./owner.js"
import type { Facts } from "./place.js"

const KEYS = ["account", "region", "domain", "cluster", "network", "tier"] as const
const NAMES = ["name", "host", ...KEYS] as const

/** What units and releases of a scope may depend on: what is the same for all environments that share the scope. */
const FACTS_OF_SCOPE: Readonly<Record<string, readonly string[]>> = {
  account: ["account", "region", "domain"],
  cluster: ["account", "region", "domain", "cluster"],
}

/** The facts as far as the merged files state them; what is missing is reported by the schema. */
export function readFacts(name: string, tree: MapTree): Partial<Facts> {
  const facts: Record<string, string> = { name }
  for (const key of KEYS) {
    const value = treeAt(tree, [key])
    if (value?.kind === "scalar" && typeof value.value === "string") facts[key] = value.value
  }
  if (facts.domain) facts.host = `${name}.${facts.domain}`
  return facts
}

/** The tree with every ${environment.X} and everything derived replaced; other references and escapes stay as they are. */
export function fillFacts(
  tree: MapTree,
  facts: Partial<Facts>,
  derived: (reference: Derived) => Json,
): { tree: MapTree; problems: Problem[] } {
  const problems: Problem[] = []
  const filled = mapScalars(tree, (scalar, path) => {
    if (typeof scalar.value !== "string" || path.length < 2 || !scalar.value.includes("${")) return scalar
    const whole = wholeReference(scalar.value)
    if (whole?.kind === "derived") {
      problems.push(...checkDerived(whole.text, scalar, path))
      return treeOf(derived(whole.text), scalar.at)
    }
    const found = placedReferences(scalar).flatMap(({ reference, at }) => {
      if (reference.kind === "malformed")
        return [{ at, message: `"${reference.source}" is not a reference`, hint: reference.reason }]
      if (reference.kind === "derived") {
        const kind = kindOf(derived(reference.text))
        return [{ at, message: `\${${reference.text}} is a ${kind}: it cannot be part of a longer string` }]
      }
      return reference.kind === "environment" ? check(reference.fact, facts, at, path) : []
    })
    problems.push(...found)
    const { text, kept } = replaceFacts(scalar.value, facts)
    return { ...scalar, value: text, marks: scalar.marks && kept.map((index) => scalar.marks?.[index] ?? scalar.at) }
  })
  return { tree: filled as MapTree, problems }
}

function kindOf(value: Json): string {
  if (typeof value !== "object") return typeof value
  return Array.isArray(value) ? "list" : "map"
}

function check(fact: string, facts: Partial<Facts>, at: Position, path: Path): Problem[] {
  const text = `\${environment.${fact}}`
  if (!(NAMES as readonly string[]).includes(fact))
    return [{ at, message: `there is no ${text}`, hint: suggest(fact, NAMES) }]
  const scope = scopeAt(path)
  const allowed = FACTS_OF_SCOPE[scope ?? ""]
  if (allowed && !allowed.includes(fact)) {
    return [
      {
        at,
        message: `${text} differs between environments that share the ${scope}`,
        hint: `there it can be ${allowed.join(", ")}`,
      },
    ]
  }
  if (fact === "network" && facts.network === undefined) {
    return [
      {
        at,
        message: `${text} is referenced, but ${facts.name} has no network`,
        hint: "set network in the environment's file, or remove what needs it",
      },
    ]
  }
  return []
}

/** The namespaces are those of one cluster, and all clusters share the account. */
const checkDerived = (text: Derived, { at }: ScalarTree, path: Path): Problem[] =>
  text === "tenants.namespaces" && scopeAt(path) === "account"
    ? [{ at, message: `\${${text}} differs between the clusters of an account`, hint: "there it can be ${tenants}" }]
    : []

/** Only ${environment.X} is replaced: a replacement of the text, so that all else stays exactly as it was written. */
export const substitute = (text: string, facts: Partial<Facts>): string => replaceFacts(text, facts).text

const replaceFacts = (text: string, facts: Partial<Facts>) =>
  replaceReferences(text, (reference) =>
    reference.kind === "environment" ? facts[reference.fact as keyof Facts] : undefined,
  )
