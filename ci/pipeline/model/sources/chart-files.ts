/** All charts of a repository: where they are, what is packed into which, and what is wrong with them before Helm runs. */
import { posix } from "node:path"
import type { Problem } from "../text/problems.js"
import { type ChartFile, ChartReader, type Dependency, VERSION } from "./chart-file.js"
import { chartDirectory, chartName } from "./charts.js"

/**
 * What belongs to charts, by path in the repository: the text of each Chart.yaml, also of charts that are packed into
 * others (`charts/shop/charts/side/Chart.yaml`), and archives there (`charts/shop/charts/side-1.0.0.tgz`), without text.
 */
export type ChartFiles = ReadonlyMap<string, string>

/** The directories of charts that a release can name: those that are not packed into another one. */
export function chartDirectories(files: Iterable<string>): string[] {
  const all = [...files].filter((path) => path.endsWith("/Chart.yaml")).map((path) => posix.dirname(path))
  return all.filter((path) => !all.some((other) => path.startsWith(`${other}/charts/`)))
}

/** Reads the Chart.yaml in a directory; what is missing or wrong is "" and a problem. */
export const readChart = (directory: string, files: ChartFiles): ChartFile => reader(directory, files).read()

const reader = (directory: string, files: ChartFiles) =>
  new ChartReader(`${directory}/Chart.yaml`, files.get(`${directory}/Chart.yaml`) ?? "")

/**
 * Where a dependency with a `file://` repository is: there, or else the chart of that name in `charts/`, which may be this
 * module's own.
 *
 * @returns its directory, or undefined where there is none
 */
export function libraryDirectory(directory: string, { repository }: Dependency, files: ChartFiles): string | undefined {
  const path = posix.join(directory, repository.slice("file://".length))
  return [path, chartDirectory(chartName(path))].find((place) => files.has(`${place}/Chart.yaml`))
}

/** Whether a chart's own charts/ holds what it depends on, as a directory or as an archive. */
export const isVendored = (directory: string, name: string, files: ChartFiles): boolean =>
  files.has(`${directory}/charts/${name}/Chart.yaml`) || vendoredArchives(directory, name, files).length > 0

/** The archives of a chart in another one's charts/, whatever their version. */
export function vendoredArchives(directory: string, name: string, files: ChartFiles): string[] {
  const start = `${directory}/charts/${name}-`
  return [...files.keys()].filter((path) => path.startsWith(start) && /^v?\d[^/]*\.tgz$/.test(path.slice(start.length)))
}

/**
 * What is wrong with a chart that a release names, and with those that are packed into it from elsewhere.
 *
 * @param directory the chart's directory
 * @param files all charts; nothing is wrong with one that is not among them
 */
export function chartProblems(directory: string, files: ChartFiles | undefined): Problem[] {
  if (!files?.has(`${directory}/Chart.yaml`)) return []
  const { name } = readChart(directory, files)
  const at = reader(directory, files).position("name")
  const named: Problem[] =
    name === "" || name === chartName(directory)
      ? []
      : [
          {
            at,
            message: `the chart's name is "${name}", its directory is "${chartName(directory)}"`,
            hint: "both must be the same: rename one of them",
          },
        ]
  return [...named, ...packedProblems(directory, files, [])]
}

function packedProblems(directory: string, files: ChartFiles, trail: readonly string[]): Problem[] {
  const chart = readChart(directory, files)
  const inner = chart.dependencies.flatMap((dependency): Problem[] => {
    const { name, version, repository, at } = dependency
    if (!repository.startsWith("file://")) {
      if (repository !== "" || isVendored(directory, name, files)) return []
      return [
        {
          at,
          message: `"${name}" is not in ${directory}/charts`,
          hint: `put it there as ${name}/ or ${name}-${version}.tgz, or say in \`repository\` where it comes from`,
        },
      ]
    }
    const library = libraryDirectory(directory, dependency, files)
    if (!library) return [{ at, message: `there is no chart in ${repository} for "${name}"`, hint: neighbours(files) }]
    const circle = [...trail, directory]
    if (circle.includes(library))
      return [{ at, message: `charts depend on each other in a cycle: ${[...circle, library].join(" -> ")}` }]
    const found = readChart(library, files)
    return [...disagreement(dependency, library, found), ...packedProblems(library, files, circle)]
  })
  return [...chart.problems, ...inner]
}

/** A range is Helm's to judge; a version is one, or it is not. */
function disagreement({ name, version, at }: Dependency, directory: string, found: ChartFile): Problem[] {
  if (found.name !== "" && found.name !== name)
    return [{ at, message: `the chart in ${directory} is "${found.name}", not "${name}"` }]
  if (found.version === "" || !VERSION.test(version) || found.version === version) return []
  return [{ at, message: `version ${version} of "${name}" is required, but ${directory} has ${found.version}` }]
}

function neighbours(files: ChartFiles): string {
  const known = chartDirectories(files.keys()).filter((directory) => readChart(directory, files).library)
  return known.length > 0 ? `libraries are ${known.join(", ")}` : "there are no libraries"
}
