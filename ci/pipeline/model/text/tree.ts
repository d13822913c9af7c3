/** YAML values that remember where they were written: the form in which layers are merged and problems are located. */
import type { Position } from "./problems.js"

/** Plain JSON. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }

/** Where a value is inside a file: keys of maps and indices of lists. */
export type Path = readonly (string | number)[]

/** A value with its position; in maps the keys have positions of their own. */
export type Tree = MapTree | ListTree | ScalarTree
export interface MapTree {
  readonly kind: "map"
  readonly at: Position
  readonly entries: ReadonlyMap<string, Entry>
}
export interface ListTree {
  readonly kind: "list"
  readonly at: Position
  readonly items: readonly Tree[]
}
export interface ScalarTree {
  readonly kind: "scalar"
  readonly at: Position
  readonly value: string | number | boolean | null
  /** Where each "${" of a text of several lines is, in their order; of one line, they are at `at`. */
  readonly marks?: readonly Position[]
}
export interface Entry {
  readonly keyAt: Position
  readonly value: Tree
}

export const emptyMap = (file: string): MapTree => ({
  kind: "map",
  at: { file, line: 1, column: 1 },
  entries: new Map(),
})

/** The plain value of a tree. */
export function toJson(tree: Tree): Json {
  if (tree.kind === "scalar") return tree.value
  if (tree.kind === "list") return tree.items.map(toJson)
  return Object.fromEntries([...tree.entries].map(([key, entry]) => [key, toJson(entry.value)]))
}

/** A tree of a plain value, all of it at one place. */
export function treeOf(value: Json, at: Position): Tree {
  if (Array.isArray(value)) return { kind: "list", at, items: value.map((item) => treeOf(item, at)) }
  if (typeof value !== "object" || value === null) return { kind: "scalar", at, value }
  const entries = Object.entries(value).map(([key, inner]) => [key, { keyAt: at, value: treeOf(inner, at) }] as const)
  return { kind: "map", at, entries: new Map(entries) }
}

/** The part of a tree at a path, or undefined. */
export function treeAt(tree: Tree | undefined, path: Path): Tree | undefined {
  let node = tree
  for (const step of path) node = child(node, step)
  return node
}

function child(node: Tree | undefined, step: string | number): Tree | undefined {
  if (node?.kind === "map") return node.entries.get(String(step))?.value
  if (node?.kind === "list") return node.items[Number(step)]
  return undefined
}

/** Where the value at a path was written; where it is missing, the nearest thing around it (by its key, if it has one). */
export function positionAt(tree: Tree, path: Path): Position {
  let node: Tree = tree
  let position = tree.at
  for (const [index, step] of path.entries()) {
    const next = child(node, step)
    if (next === undefined) return position
    const last = index === path.length - 1
    position = last || node.kind !== "map" ? next.at : keyPositionAt(node, String(step))
    node = next
  }
  return position
}

/** Where a key of a map was written. */
export const keyPositionAt = (map: MapTree, key: string): Position => map.entries.get(key)?.keyAt ?? map.at

/** Every scalar with its path, in the order in which it was written. */
export function* scalars(tree: Tree, path: Path = []): Generator<{ path: Path; scalar: ScalarTree }> {
  if (tree.kind === "scalar") yield { path, scalar: tree }
  else if (tree.kind === "list")
    for (const [index, item] of tree.items.entries()) yield* scalars(item, [...path, index])
  else for (const [key, entry] of tree.entries) yield* scalars(entry.value, [...path, key])
}

/** The same tree with some scalars replaced. */
export function mapScalars(tree: Tree, replace: (scalar: ScalarTree, path: Path) => Tree, path: Path = []): Tree {
  if (tree.kind === "scalar") return replace(tree, path)
  if (tree.kind === "list")
    return { ...tree, items: tree.items.map((item, index) => mapScalars(item, replace, [...path, index])) }
  const entries = [...tree.entries].map(
    ([key, entry]) => [key, { ...entry, value: mapScalars(entry.value, replace, [...path, key]) }] as const,
  )
  return { ...tree, entries: new Map(entries) }
}
