/** "Did you mean ...?": the known name nearest to a misspelt one. */
import { compare } from "./problems.js"

/**
 * A hint for a name that is not known.
 *
 * @example
 * suggest("preview-nigthly", ["lace-dev", "preview-nightly"])
 * // 'did you mean "preview-nightly"? known: lace-dev, preview-nightly'
 */
export function suggest(wrong: string, known: Iterable<string>): string {
  const names = [...new Set(known)].sort(compare)
  if (names.length === 0) return "there are none"
  const list = `known: ${names.join(", ")}`
  const best = nearest(wrong, names)
  return best === undefined ? list : `did you mean "${best}"? ${list}`
}

/** The nearest name, unless all are too far away to be what was meant. */
export function nearest(wrong: string, names: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(wrong.length / 3))
  let best: { name: string; distance: number } | undefined
  for (const name of names) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase())
    if (distance <= limit && distance < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { name, distance }
  }
  return best?.name
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one word into another. */
export function editDistance(a: string, b: string): number {
  const rows = Array.from({ length: a.length + 1 }, (_, i) => [i, ...Array<number>(b.length).fill(0)])
  rows[0] = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      const replaced = rows[i - 1][j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      rows[i][j] = Math.min(
        replaced,
        rows[i - 1][j] + 1,
        rows[i][j - 1] + 1,
        swapped ? rows[i - 2][j - 2] + 1 : Number.POSITIVE_INFINITY,
      )
    }
  }
  return rows[a.length][b.length]
}
