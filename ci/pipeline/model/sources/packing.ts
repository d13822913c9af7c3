/** What is put into a chart's charts/ before it is packed or rendered, and in which order. */
import type { Dependency } from "./chart-file.js"
import { type ChartFiles, isVendored, libraryDirectory, readChart, vendoredArchives } from "./chart-files.js"

/** One chart that is made ready. */
export interface Packing {
  readonly directory: string
  /** Directories of the charts that are packed into it; each is made ready before. */
  readonly libraries: readonly string[]
  /** What is brought from elsewhere. */
  readonly remote: readonly Dependency[]
  /** Paths below the directory that give way: what an earlier `helm dependency build` left of the libraries. */
  readonly replaced: readonly string[]
}

/**
 * How a chart is made ready. What lies in its charts/ stays, unless it is a library that is taken from its own directory.
 *
 * @param directory the chart's directory
 * @param files all charts, without problems
 * @returns the charts to make ready, those first that others need
 * @example
 * packings("charts/shop", files) // [{ directory: "charts/common", ... }, { directory: "charts/shop", libraries: ["charts/common"], ... }]
 */
export function packings(directory: string, files: ChartFiles): Packing[] {
  const found = new Map<string, Packing>()
  const visit = (place: string, trail: readonly string[]) => {
    if (found.has(place) || trail.includes(place)) return
    const packing = packingOf(place, files)
    for (const library of packing.libraries) visit(library, [...trail, place])
    found.set(place, packing)
  }
  visit(directory, [])
  return [...found.values()]
}

function packingOf(directory: string, files: ChartFiles): Packing {
  const { dependencies } = readChart(directory, files)
  const local = dependencies.flatMap((dependency) => {
    const library = dependency.repository.startsWith("file://") && libraryDirectory(directory, dependency, files)
    // One that lies in the chart's own charts/ is there already.
    return library && !library.startsWith(`${directory}/charts/`) ? [{ name: dependency.name, library }] : []
  })
  return {
    directory,
    libraries: [...new Set(local.map(({ library }) => library))],
    remote: dependencies.filter(
      ({ name, repository }) => /^(oci|https?):\/\//.test(repository) && !isVendored(directory, name, files),
    ),
    replaced: local.flatMap(({ name }) => [
      `charts/${name}`,
      ...vendoredArchives(directory, name, files).map((path) => path.slice(directory.length + 1)),
    ]),
  }
}
