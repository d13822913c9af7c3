/** Loads environments: finds their layers, merges them, fills in what is known, and checks the result. */
import type { ChartFiles } from "../sources/chart-files.js"
import { chartName } from "../sources/charts.js"
import { type Image, readImages } from "../sources/images.js"
import { mergeAll } from "../text/merge.js"
import { parseFile } from "../text/parse.js"
import { assertNone, compare, type Position, type Problem } from "../text/problems.js"
import type { Derived } from "../text/references.js"
import { suggest } from "../text/suggest.js"
import { emptyMap, type Json, type MapTree, toJson, treeAt } from "../text/tree.js"
import { validate } from "../text/validate.js"
import { checkEnvironment, type NamedChart } from "./check.js"
import type { Environment, Facts, Place, Units } from "./environment.js"
import { fillFacts, readFacts, substitute } from "./facts.js"
import { checkGithub, workflowAccess, workflowsHaveRoles } from "./github.js"
import { withoutTenantsValues } from "./handover.js"
import { checkLayer, checkNames, DEFAULTS, IMAGES } from "./layers.js"
import { checkDerivedNames, checkName, checkSameNames } from "./names.js"
import { checkNamespaces, namespacesIn, type Spaces } from "./namespace.js"
import { defaultPlatform, type EnvironmentData, environmentSchema, SELECTORS } from "./schema.js"
import { checkTenants, tenantAccess, tenantNamespaces } from "./tenants.js"
import { SCOPES, type Scope } from "./units.js"

/** Path below environments/ -> text. */
export type Files = ReadonlyMap<string, string>

export interface LoadOptions {
  /** The directories of charts that exist; not checked if not given. */
  readonly charts?: readonly string[]
  /** What is in them; not checked if not given. */
  readonly chartFiles?: ChartFiles
}

/** The names of all environments, sorted. */
export function listEnvironments(files: Files): string[] {
  return [...files.keys()]
    .filter((path) => /^[^._/][^/]*\.yaml$/.test(path) && path !== IMAGES && !path.endsWith(".lock.yaml"))
    .map((path) => path.slice(0, -".yaml".length))
    .sort(compare)
}

/**
 * One environment.
 *
 * @throws ModelError with everything that is wrong with its files and those of the environments that it uses. Files of
 *   other environments have to be readable too: the account's repositories depend on all of them.
 * @example
 * loadEnvironment(new Map([["lace-dev.yaml", "cluster: nonprod\ntier: dev\n..."], ...]), "lace-dev").host
 */
export function loadEnvironment(files: Files, name: string, options: LoadOptions = {}): Environment {
  const loader = new Loader(files, options)
  const environment = loader.load(name)
  assertNone(loader.problems)
  return environment as Environment
}

/** All environments, sorted by name; the problems of all of them are reported together. */
export function loadEnvironments(files: Files, options: LoadOptions = {}): Environment[] {
  const loader = new Loader(files, options)
  const environments = loader.names.map((name) => loader.load(name))
  assertNone(loader.problems)
  return environments as Environment[]
}

/** Every image of `images.yaml`, whether an environment uses it or not; throws ModelError with what is wrong in any file. */
export function loadImages(files: Files): Record<string, Image> {
  const loader = new Loader(files, {})
  for (const name of loader.names) loader.load(name)
  assertNone(loader.problems)
  return loader.images ?? {}
}

/** Reads each file once and collects the problems of all. */
export class Loader {
  readonly names: readonly string[]
  readonly problems: Problem[]
  private readonly trees = new Map<string, MapTree | undefined>()
  private allRepositories: readonly string[] | undefined
  private allCharts: readonly NamedChart[] | undefined
  private allSpaces: readonly Spaces[] | undefined
  private readonly places = new Map<string, Place>()
  private readonly loaded = new Map<string, Environment | undefined>()
  /** Undefined if there are problems with them. */
  readonly images: Record<string, Image> | undefined

  constructor(
    private readonly files: Files,
    readonly options: LoadOptions,
  ) {
    this.names = listEnvironments(files)
    this.problems = [...checkNames(files.keys()), ...this.names.flatMap((name) => checkName(name, this.names))]
    this.images = this.readImages()
  }

  /**
   * The environment, or undefined if there are problems with it.
   *
   * @param trail the environments that led here, the last of which refers to this one
   * @param at where it does
   */
  load(name: string, trail: readonly string[] = [], at?: Position): Environment | undefined {
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name].join(" -> ")
      this.problems.push({ at, message: `environments refer to each other in a cycle: ${circle}` })
      return undefined
    }
    if (!this.loaded.has(name)) this.loaded.set(name, this.build(name, trail))
    return this.loaded.get(name)
  }

  private build(name: string, trail: readonly string[]): Environment | undefined {
    if (!this.names.includes(name)) {
      this.problems.push({ message: `there is no environment "${name}"`, hint: suggest(name, this.names) })
      return undefined
    }
    if (checkName(name, this.names).length > 0) return undefined // reported already
    const layers = this.merge(name)
    if (!layers) return undefined
    const merged = withoutTenantsValues(layers)
    const facts = readFacts(name, merged)
    const filled = fillFacts(merged, facts, (reference) => this.derive(reference, merged, facts))
    const checked = checkEnvironment(facts, filled.tree, {
      charts: this.options.charts,
      chartFiles: this.options.chartFiles,
      namedCharts: () => this.charts(),
      images: this.images && Object.keys(this.images),
      environments: this.names,
      load: (other, at) => this.load(other, [...trail, name], at),
    })
    const problems = [
      ...filled.problems,
      ...validate(environmentSchema, filled.tree),
      ...checkGithub(filled.tree),
      ...checkTenants(filled.tree, this.names),
      ...checkDerivedNames({ ...facts, name }, filled.tree),
      ...checkSameNames({ ...facts, name }, this.spaces()),
      ...checkNamespaces(name, this.spaces()),
      ...checked.problems,
    ]
    this.problems.push(...problems)
    if (problems.length > 0 || !this.images) return undefined
    return assemble(facts as Facts, filled.tree, checked, this.images)
  }

  /** The layers of an environment, merged; undefined if one is missing or cannot be read. */
  private merge(name: string): MapTree | undefined {
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
      const known = [...this.files.keys()].flatMap((path) => path.match(`^${directory}/(.*)\\.yaml$`)?.[1] ?? [])
      this.problems.push({
        at: value.at,
        message: `there is no ${key} "${value.value}"`,
        hint: suggest(value.value, known),
      })
      return [undefined]
    })
    return [...(this.files.has(DEFAULTS) ? [DEFAULTS] : []), ...chosen]
  }

  /** The tree of a file; undefined if it has problems, which are noted once. */
  private parse(file: string): MapTree | undefined {
    if (!this.trees.has(file)) {
      const { tree, problems } = parseFile(file, this.files.get(file) ?? "")
      this.problems.push(...problems, ...checkLayer(file, tree))
      this.trees.set(file, problems.length === 0 ? tree : undefined)
    }
    return this.trees.get(file)
  }

  /** What follows from the files of all environments, as an environment sees it. */
  private derive(reference: Derived, tree: MapTree, facts: Place): Json {
    const placeOf = (name: string) => this.placeOf(name)
    const all: Record<Derived, () => Json> = {
      repositories: () => [...this.repositories()],
      github: () => workflowAccess(tree, facts, this.names, placeOf),
      "github.roles": () => workflowsHaveRoles(tree),
      tenants: () => tenantAccess(tree, facts, placeOf),
      "tenants.namespaces": () => tenantNamespaces(tree, facts, placeOf),
    }
    return all[reference]()
  }

  private placeOf(name: string): Place {
    const place = this.places.get(name) ?? readFacts(name, this.merge(name) ?? emptyMap(name))
    this.places.set(name, place)
    return place
  }

  /**
   * Every repository that any environment needs. They belong to the account, so the answer must not depend on which
   * environment is asked about: otherwise one deployment would remove another's.
   */
  private repositories(): readonly string[] {
    this.allRepositories ??= this.findRepositories()
    return this.allRepositories
  }

  private findRepositories(): string[] {
    const images = Object.values(this.images ?? {}).map((image) => image.repository)
    const charts = this.names.flatMap((name) => {
      const data = toJson(this.merge(name) ?? emptyMap(name)) as {
        [key in "chartRepository" | "releases" | "tenants"]?: Json
      }
      const releases = Object.values(data.releases ?? {}) as { chart?: Json }[]
      const tenants = Object.values(data.tenants ?? {}) as { repositories?: string[] }[]
      return [
        ...releases.map((release) => `${data.chartRepository}/${chartName(String(release?.chart))}`),
        ...tenants.flatMap((tenant) => tenant?.repositories ?? []),
      ]
    })
    return [...new Set([...images, ...charts])].sort(compare)
  }

  /** The charts of all environments: those of one name must be one chart, whichever environment is asked about. */
  private charts(): readonly NamedChart[] {
    this.allCharts ??= this.names.flatMap((name) => {
      const releases = treeAt(this.merge(name) ?? emptyMap(name), ["releases"])
      const names = releases?.kind === "map" ? [...releases.entries.keys()] : []
      return names.flatMap((release): NamedChart[] => {
        const chart = treeAt(releases as MapTree, [release, "chart"])
        return chart?.kind === "scalar" && typeof chart.value === "string" ? [{ chart: chart.value, at: chart.at }] : []
      })
    })
    return this.allCharts
  }

  /** Where all environments are, and their namespaces: each must be one environment's, whichever is asked about. */
  private spaces(): readonly Spaces[] {
    this.allSpaces ??= this.names.map((name): Spaces => {
      const tree = this.merge(name) ?? emptyMap(name)
      const facts = readFacts(name, tree)
      return { ...facts, name, namespaces: namespacesIn(tree, (text) => substitute(text, facts)) }
    })
    return this.allSpaces
  }

  private readImages(): Record<string, Image> | undefined {
    const tree = this.files.has(IMAGES) ? this.parse(IMAGES) : emptyMap(IMAGES)
    if (!tree) return undefined
    const { images, problems } = readImages(tree)
    this.problems.push(...problems)
    return images
  }
}

function assemble(
  facts: Facts,
  tree: MapTree,
  { references, uses }: ReturnType<typeof checkEnvironment>,
  images: Record<string, Image>,
): Environment {
  const data = toJson(tree) as EnvironmentData
  const used = new Set(references.flatMap(({ reference }) => (reference.kind === "image" ? [reference.image] : [])))
  const units = (scope: Scope) => (data.infrastructure[scope] ?? {}) as Units
  return {
    ...facts,
    platform: data.platform ?? defaultPlatform,
    chartRepository: data.chartRepository,
    github: data.github,
    tenants: data.tenants ?? {},
    tenant: data.tenant,
    protected: data.protected ?? false,
    infrastructure: Object.fromEntries(SCOPES.map((scope) => [scope, units(scope)])) as Record<Scope, Units>,
    releases: Object.fromEntries(
      Object.entries(data.releases).map(([name, release]) => [
        name,
        {
          ...release,
          values: release.values ?? {},
          secrets: release.secrets ?? {},
          needs: release.needs ?? [],
          timeout: release.timeout ?? 300,
        },
      ]),
    ),
    images: Object.fromEntries(Object.entries(images).filter(([name]) => used.has(name))),
    uses,
    references,
    tree,
  }
}
