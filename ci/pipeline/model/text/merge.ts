/** Merges layers: maps merge key by key, everything else replaces what is below, null removes a key. */
import type { Entry, MapTree, Path, Tree } from "./tree.js"

/**
 * The upper layer on top of the lower one. Each value keeps the position of the layer that it comes from. In the values
 * of a release null stays: Helm removes the chart's default then, as it does for several files of values.
 *
 * @param path where the two maps are in their files
 * @example
 * lower: {rds: {size: 20, class: small}}   upper: {rds: {size: 100, class: null}}   result: {rds: {size: 100}}
 */
export function merge(lower: MapTree, upper: MapTree, path: Path = []): MapTree {
  const entries = new Map<string, Entry>(lower.entries)
  for (const [key, entry] of upper.entries) {
    const below = lower.entries.get(key)?.value
    if (isNull(entry.value) && !isForHelm(path)) entries.delete(key)
    else if (entry.value.kind !== "map") entries.set(key, entry)
    else {
      // A map of its own is merged with nothing, so that its nulls are treated alike.
      const base = below?.kind === "map" ? below : { ...entry.value, entries: new Map() }
      entries.set(key, { keyAt: entry.keyAt, value: merge(base, entry.value, [...path, key]) })
    }
  }
  return { kind: "map", at: upper.entries.size > 0 ? upper.at : lower.at, entries }
}

/** All layers, lowest first. */
export const mergeAll = (layers: readonly MapTree[], empty: MapTree): MapTree =>
  layers.reduce((lower, upper) => merge(lower, upper), empty)

const isNull = (tree: Tree) => tree.kind === "scalar" && tree.value === null

const isForHelm = ([root, , key]: Path) => (root === "releases" || root === "clusterReleases") && key === "values"
