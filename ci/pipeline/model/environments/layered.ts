/** The files below environments/ as layers: each is read once, and merged for an environment or a cluster. */
import { mergeAll } from "../text/merge.js"
import { parseFile } from "../text/parse.js"
import { compare, type Problem } from "../text/problems.js"
import { suggest } from "../text/suggest.js"
import { emptyMap, type MapTree, treeAt, treeOf } from "../text/tree.js"
import { checkLayer, checkNames, DEFAULTS, IMAGES } from "./layers.js"
import { checkName } from "./names.js"
import { SELECTORS } from "./schema.js"

/** Path below environments/ -> text. */
export type Files = ReadonlyMap<string, string>

/** The names of all environments, sorted. */
export function listEnvironments(files: Files): string[] {
  return [...files.keys()]
    .filter((path) => /^[^._/][^/]*\.yaml$/.test(path) && path !== IMAGES && !path.endsWith(".lock.yaml"))
    .map((path) => path.slice(0, -".yaml".length))
    .sort(compare)
}

/** The names of all clusters, sorted. */
export const listClusters = (files: Files): string[] => namesIn(SELECTORS.cluster, files).sort(compare)

/** The names of the layers of one kind. */
const namesIn = (directory: string, files: Files): string[] =>
  [...files.keys()].flatMap((path) => path.match(`^${directory}/([^/]*)\\.yaml$`)?.[1] ?? [])

/** Reads each file once and notes what is wrong with it. */
export class LayeredFiles {
  readonly names: readonly string[]
  readonly clusters: readonly string[]
  private readonly trees = new Map<string, MapTree | undefined>()
  private readonly merged = new Map<string, MapTree | undefined>()

  /** @param problems where they are noted */
  constructor(
    private readonly files: Files,
    private readonly problems: Problem[],
  ) {
    this.names = listEnvironments(files)
    this.clusters = listClusters(files)
    problems.push(...checkNames(files.keys()), ...this.names.flatMap((name) => checkName(name, this.names)))
  }

  /** The layers of an environment, merged; undefined if one is missing or cannot be read. */
  environment(name: string): MapTree | undefined {
    return this.once(name, () => this.mergeEnvironment(name))
  }

  /**
   * What all environments of a cluster read, merged, without what is an environment's own; undefined if it cannot be read.
   * Like an environment's files it names the cluster.
   */
  cluster(name: string): MapTree | undefined {
    const file = `${SELECTORS.cluster}/${name}.yaml`
    return this.once(file, () => {
      const layers = [...this.defaults(), file].map((layer) => this.parse(layer))
      if (layers.includes(undefined)) return undefined
      const tree = mergeAll(layers as MapTree[], emptyMap(file))
      const entries = new Map([...tree.entries].filter(([key]) => key !== "releases"))
      const start = { file, line: 1, column: 1 }
      entries.set("cluster", { keyAt: start, value: treeOf(name, start) })
      const units = entries.get("infrastructure")
      if (units?.value.kind === "map") {
        const wide = new Map([...units.value.entries].filter(([scope]) => scope !== "environment"))
        entries.set("infrastructure", { ...units, value: { ...units.value, entries: wide } })
      }
      return { ...tree, entries, at: start }
    })
  }

  /** The tree of a file; undefined if it has problems, which are noted once. */
  parse(file: string): MapTree | undefined {
    if (!this.trees.has(file)) {
      const { tree, problems } = parseFile(file, this.files.get(file) ?? "")
      this.problems.push(...problems, ...checkLayer(file, tree))
      this.trees.set(file, problems.length === 0 ? tree : undefined)
    }
    return this.trees.get(file)
  }

  /** The images' file; an empty tree where there is none. */
  images(): MapTree | undefined {
    return this.files.has(IMAGES) ? this.parse(IMAGES) : emptyMap(IMAGES)
  }

  private once(key: string, make: () => MapTree | undefined): MapTree | undefined {
    if (!this.merged.has(key)) this.merged.set(key, make())
    return this.merged.get(key)
  }

  private mergeEnvironment(name: string): MapTree | undefined {
    const file = `${name}.yaml`
    const own = this.parse(file)
    if (!own) return undefined
    const layers = this.layersOf(own).map((layer) => layer && this.parse(layer))
    if (layers.includes(undefined)) return undefined
    // What is missing as a whole is missing in the environment's own file.
    return { ...mergeAll([...(layers as MapTree[]), own], emptyMap(file)), at: own.at }
  }

  /** The files below an environment's own, lowest first; undefined for one that does not exist. */
  private layersOf(own: MapTree): (string | undefined)[] {
    const chosen = Object.entries(SELECTORS).flatMap(([key, directory]) => {
      const value = treeAt(own, [key])
      if (value?.kind !== "scalar" || typeof value.value !== "string") return []
      const file = `${directory}/${value.value}.yaml`
      if (this.files.has(file)) return [file]
      const hint = suggest(value.value, namesIn(directory, this.files))
      this.problems.push({ at: value.at, message: `there is no ${key} "${value.value}"`, hint })
      return [undefined]
    })
    return [...this.defaults(), ...chosen]
  }

  private defaults(): string[] {
    return this.files.has(DEFAULTS) ? [DEFAULTS] : []
  }
}
