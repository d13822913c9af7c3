/** One text for one value: the same data gives the same bytes and so the same digest. */
import { createHash } from "node:crypto"
import { compare } from "./problems.js"

/**
 * JSON with sorted keys and without spaces. Keys whose value is undefined are left out, as JSON.stringify does.
 *
 * @example
 * canonicalJson({ b: 1, a: [true] })   // '{"a":[true],"b":1}'
 */
export function canonicalJson(value: unknown, indent?: number): string {
  return JSON.stringify(sortKeys(value), undefined, indent)
}

/** "sha256:..." of the canonical JSON. */
export function digest(value: unknown): string {
  return `sha256:${createHash("sha256").update(canonicalJson(value)).digest("hex")}`
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys)
  if (typeof value !== "object" || value === null) return value
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b))
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]))
}
