/** Checks the releases in merged files: their charts, what they need, and what only one of them can have. */
import { type ChartFiles, chartProblems, readChart } from "../sources/chart-files.js"
import { chartDirectory, chartIn, chartName } from "../sources/charts.js"
import { findCycle } from "../text/order.js"
import { formatPosition, type Position, type Problem } from "../text/problems.js"
import { suggest } from "../text/suggest.js"
import { type Json, keyPositionAt, type MapTree, type Path, positionAt, treeAt } from "../text/tree.js"
import { releasesKey } from "./owner.js"

/** The charts that there are; what is undefined could not be read and is not checked. */
export interface KnownCharts {
  /** The directories of charts. */
  readonly charts?: readonly string[]
  /** What is in those directories. */
  readonly chartFiles?: ChartFiles
  /** The charts that the releases of all environments and clusters name. */
  readonly namedCharts: () => readonly NamedChart[]
}

/** A chart as a release names it, and where. */
export interface NamedChart {
  readonly chart: string
  readonly at: Position
}

/** Merged data of which nothing is known. */
export type Shapeless = { [key: string]: Json | undefined }

/** A map inside of such data; empty if there is none. */
export const mapAt = (data: Shapeless, key: string): Shapeless => {
  const value = data[key]
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}
}

/** A release, as merged files name it. */
interface Named {
  readonly name: string
  readonly path: Path
  readonly said: Shapeless
}

/** The releases of the cluster, and those of the environment, which may need them. */
export function checkReleases(data: Shapeless, tree: MapTree, known: KnownCharts): Problem[] {
  const all = (["cluster", "environment"] as const).flatMap((scope) => {
    const root = releasesKey(scope)
    const releases = mapAt(data, root)
    return Object.keys(releases).map((name): Named => ({ name, path: [root, name], said: mapAt(releases, name) }))
  })
  return [
    ...all.flatMap(({ path, said }) => checkItsChart(path, said, tree, known)),
    ...checkNeeds(all, tree),
    ...checkNames(all, tree),
    ...checkSecrets(all, tree),
    ...checkPodSecurity(all, tree),
    ...checkTenant(data, tree),
  ]
}

/** A tenant has no cluster: what its environments share is installed by whoever runs that. */
function checkTenant(data: Shapeless, tree: MapTree): Problem[] {
  if (data.tenant === undefined || data.clusterReleases === undefined) return []
  const message = `clusterReleases are not a tenant's: the cluster is somebody else's`
  return [
    {
      at: positionAt(tree, ["clusterReleases"]),
      message,
      hint: "install it with `releases`, in a namespace of the tenant",
    },
  ]
}

function checkItsChart(path: Path, { chart }: Shapeless, tree: MapTree, known: KnownCharts): Problem[] {
  if (typeof chart !== "string") return []
  const problem = checkChart(chart, known)
  if (problem) return [{ at: positionAt(tree, [...path, "chart"]), ...problem }]
  return chartProblems(chartDirectory(chart), known.chartFiles)
}

function checkNeeds(all: readonly Named[], tree: MapTree): Problem[] {
  const needsOf = ({ said: { needs } }: Named) => (Array.isArray(needs) ? needs.map(String) : [])
  const reach = ({ path }: Named) => all.filter((one) => path[0] !== "clusterReleases" || one.path[0] === path[0])
  const unknown = all.flatMap((release) => {
    const known = reach(release).map(({ name }) => name)
    return needsOf(release).flatMap((need, index): Problem[] => {
      if (known.includes(need)) return []
      const at = positionAt(tree, [...release.path, "needs", index])
      return [{ at, message: `there is no release "${need}"`, hint: suggest(need, known) }]
    })
  })
  const byName = new Map(all.map((release) => [release.name, release]))
  const cycle = findCycle([...byName.keys()], (name) =>
    needsOf(byName.get(name) as Named).filter((need) => byName.has(need)),
  )
  if (!cycle) return unknown
  const at = positionAt(tree, [...(byName.get(cycle[0]) as Named).path, "needs"])
  const circle = [...cycle, cycle[0]].join(" -> ")
  return [...unknown, { at, message: `releases depend on each other in a cycle: ${circle}` }]
}

/** A name is one release's, so that \`needs\` can tell which one is meant. */
function checkNames(all: readonly Named[], tree: MapTree): Problem[] {
  return all.flatMap(({ name, path }): Problem[] => {
    const other = all.find((one) => one.name === name && one.path[0] !== path[0])
    if (!other || path[0] === "clusterReleases") return []
    const where = formatPosition(positionAt(tree, other.path))
    return [
      {
        at: positionAt(tree, path),
        message: `release "${name}" has the name of one of the cluster's (${where})`,
        hint: "rename one of the two",
      },
    ]
  })
}

/** A Secret is one release's: it is deleted with that release, and what two write would change with every deployment. */
function checkSecrets(all: readonly Named[], tree: MapTree): Problem[] {
  const problems: Problem[] = []
  const writers = new Map<string, { release: string; at: Position }>()
  for (const { name: release, path, said } of all) {
    const { namespace } = said
    const secrets = treeAt(tree, [...path, "secrets"])
    if (typeof namespace !== "string" || secrets?.kind !== "map") continue
    for (const name of secrets.entries.keys()) {
      const at = keyPositionAt(secrets, name)
      const other = writers.get(`${namespace}/${name}`)
      writers.set(`${namespace}/${name}`, { release, at })
      if (!other) continue
      const first = `release "${other.release}" (${formatPosition(other.at)})`
      problems.push({
        at,
        message: `Secret ${name} in namespace ${namespace} is written by ${first}, too`,
        hint: `give it another name, or use the Secret of "${other.release}" and add \`needs: [${other.release}]\``,
      })
    }
  }
  return problems
}

/** Kubernetes enforces one Pod Security standard in a namespace, for all releases in it. */
function checkPodSecurity(all: readonly Named[], tree: MapTree): Problem[] {
  const levels = new Map<unknown, Named>()
  return all.flatMap((release): Problem[] => {
    const { namespace, podSecurity = "restricted" } = release.said
    if (typeof namespace !== "string") return []
    const other = levels.get(namespace) ?? release
    levels.set(namespace, other)
    if ((other.said.podSecurity ?? "restricted") === podSecurity) return []
    const where = `release "${other.name}" (${formatPosition(positionAt(tree, other.path))})`
    return [
      {
        at: positionAt(tree, [...release.path, "podSecurity"]),
        message: `namespace ${namespace} has another Pod Security standard for ${where}`,
        hint: "a namespace has one: give one of the two another namespace",
      },
    ]
  })
}

function checkChart(chart: string, { charts, chartFiles, namedCharts }: KnownCharts): Omit<Problem, "at"> | undefined {
  const directory = chartDirectory(chart)
  const isLibrary = (path: string) => chartFiles !== undefined && readChart(path, chartFiles).library
  const usable = charts?.filter((path) => !isLibrary(path)).map(chartIn) ?? []
  if (charts && !charts.includes(directory))
    return { message: `there is no chart "${chart}"`, hint: suggest(chart, usable) }
  if (isLibrary(directory))
    return {
      message: `chart "${chart}" is a library (${directory}/Chart.yaml): it installs nothing`,
      hint: `name a chart that uses it: ${usable.join(", ")}`,
    }
  const other = namedCharts().find(
    (named) => chartName(named.chart) === chartName(chart) && chartDirectory(named.chart) !== directory,
  )
  return (
    other && {
      message: `chart "${chart}" has the same name as "${other.chart}" (${formatPosition(other.at)})`,
      hint: "both would be pushed to one repository: rename the directory of one, and the name in its Chart.yaml",
    }
  )
}
