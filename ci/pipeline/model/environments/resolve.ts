/** Fills in references with what steps have yielded so far. */

import { ModelError, type Position, type Problem } from "../text/problems.js"
import { parts, placedParts, type Reference } from "../text/references.js"
import { type Json, type Path, type ScalarTree, type Tree, treeAt } from "../text/tree.js"
import type { LocatedReference, Stage } from "./stage.js"

/** What a reference points to; undefined if that is not known (yet). */
export type Lookup = (reference: Reference) => Json | undefined

/** What steps have yielded: images by name, outputs by unit, other environments' outputs by environment and unit. */
export interface Yielded {
  readonly images?: Readonly<Record<string, string>>
  readonly infra?: Readonly<Record<string, Json>>
  readonly environments?: Readonly<Record<string, Readonly<Record<string, Json>>>>
}

/**
 * Looks references up in what steps have yielded.
 *
 * @example
 * lookupIn({ images: { api: "registry/api@sha256:..." }, infra: { rds: { address: "db.example" } } })
 */
export function lookupIn({ images = {}, infra = {}, environments = {} }: Yielded): Lookup {
  return (reference) => {
    if (reference.kind === "environment" || reference.kind === "derived") return undefined // filled in when loading
    if (reference.kind === "image") return own(images, reference.image)
    const units = reference.environment === undefined ? infra : own(environments, reference.environment)
    return [reference.unit, ...reference.output].reduce<Json | undefined>(own, units as Json | undefined)
  }
}

function own(from: unknown, key: string): Json | undefined {
  return typeof from === "object" && from !== null && Object.hasOwn(from, key)
    ? (from as Record<string, Json>)[key]
    : undefined
}

export interface Resolved {
  readonly value: Json
  /** References whose targets are not known; they stand in the value as they were written. */
  readonly unresolved: readonly LocatedReference[]
}

/**
 * The part of a stage at a path, with its references filled in as far as possible. A string that is one reference
 * takes the type of what it points to; inside of a longer string the target becomes text.
 *
 * @throws ModelError where a list or map would have to become text
 * @example
 * resolve(environment, ["releases", "dapp-store", "values"], lookup).value
 */
export function resolve(stage: Stage, path: Path, lookup: Lookup): Resolved {
  const unresolved: LocatedReference[] = []
  const problems: Problem[] = []
  const tree = treeAt(stage.tree, path)
  const value = tree ? fill(tree, path, lookup, unresolved, problems) : {}
  if (problems.length > 0) throw new ModelError(problems)
  return { value, unresolved }
}

/** As `resolve`, but everything has to be known: a ModelError names every reference whose target is not. */
export function resolveAll(stage: Stage, path: Path, lookup: Lookup): Json {
  const { value, unresolved } = resolve(stage, path, lookup)
  if (unresolved.length === 0) return value
  throw new ModelError(
    unresolved.map(({ reference, path, at }) => ({
      at,
      message: `\${${reference.text}}, which ${path.join(".")} needs, has no value yet`,
      hint: reason(reference),
    })),
  )
}

function reason(reference: Reference): string {
  if (reference.kind === "image") return `image ${reference.image} was not published`
  if (reference.kind !== "infra") return "it is filled in when loading"
  return reference.environment === undefined
    ? `unit ${reference.unit} gave no such output`
    : `unit ${reference.unit} of ${reference.environment} gave no such output: deploy ${reference.environment} first`
}

function fill(tree: Tree, path: Path, lookup: Lookup, unresolved: LocatedReference[], problems: Problem[]): Json {
  if (tree.kind === "list")
    return tree.items.map((item, index) => fill(item, [...path, index], lookup, unresolved, problems))
  if (tree.kind === "map") {
    return Object.fromEntries(
      // A key holds no references, but it may hold what stands for a literal "${".
      [...tree.entries].map(([key, entry]) => [
        parts(key).join(""),
        fill(entry.value, [...path, key], lookup, unresolved, problems),
      ]),
    )
  }
  return typeof tree.value === "string" ? fillText(tree, path, lookup, unresolved, problems) : tree.value
}

function fillText(
  scalar: ScalarTree,
  path: Path,
  lookup: Lookup,
  unresolved: LocatedReference[],
  problems: Problem[],
): Json {
  const found = placedParts(scalar).map(({ part, at }): { value: Json; at: Position } => {
    if (typeof part === "string") return { value: part, at }
    if (part.kind === "malformed") return { value: part.source, at }
    const value = lookup(part)
    if (value !== undefined) return { value, at }
    unresolved.push({ reference: part, path, at })
    return { value: `\${${part.text}}`, at }
  })
  if (found.length === 1) return found[0].value
  return found
    .map(({ value, at }) => {
      if (typeof value !== "object") return String(value)
      problems.push({ at, message: `${path.join(".")} needs text, but what it refers to is ${JSON.stringify(value)}` })
      return ""
    })
    .join("")
}
