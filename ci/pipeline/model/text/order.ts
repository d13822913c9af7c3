/** Orders things by what they need, always in the same way. */

/**
 * Everything after what it needs; where that leaves a choice, in the order given.
 * There must be no cycle: see `findCycle`.
 *
 * @example
 * inOrder(["release", "chart"], (id) => (id === "release" ? ["chart"] : []))   // ["chart", "release"]
 */
export function inOrder(ids: readonly string[], needs: (id: string) => readonly string[]): string[] {
  const done = new Set<string>()
  const visit = (id: string) => {
    if (done.has(id)) return
    done.add(id)
    const wanted = new Set(needs(id))
    for (const need of ids.filter((other) => wanted.has(other))) visit(need)
    sorted.push(id)
  }
  const sorted: string[] = []
  for (const id of ids) visit(id)
  return sorted
}

/** A cycle, as the list of its members, each of which needs the next and the last the first; undefined if there is none. */
export function findCycle(ids: readonly string[], needs: (id: string) => readonly string[]): string[] | undefined {
  const finished = new Set<string>()
  const trail: string[] = []
  const visit = (id: string): string[] | undefined => {
    if (finished.has(id)) return undefined
    if (trail.includes(id)) return trail.slice(trail.indexOf(id))
    trail.push(id)
    for (const need of needs(id)) {
      const cycle = visit(need)
      if (cycle) return cycle
    }
    trail.pop()
    finished.add(id)
    return undefined
  }
  for (const id of ids) {
    const cycle = visit(id)
    if (cycle) return cycle
  }
  return undefined
}
