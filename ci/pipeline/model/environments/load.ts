/** Loads environments and clusters: merges their layers, fills in what is known, and checks the result. */
import type { z } from "zod"
import type { ChartFiles } from "../sources/chart-files.js"
import { type Image, readImages } from "../sources/images.js"
import { assertNone, type Position, type Problem } from "../text/problems.js"
import { suggest } from "../text/suggest.js"
import { type MapTree, toJson, treeAt } from "../text/tree.js"
import { validate } from "../text/validate.js"
import { checkFiles } from "./check.js"
import type { Environment } from "./environment.js"
import { fillFacts, readFacts } from "./facts.js"
import { checkGithub } from "./github.js"
import { withoutTenantsValues } from "./handover.js"
import { type Files, LayeredFiles } from "./layered.js"
import { checkDerivedNames, checkName, checkSameNames } from "./names.js"
import { checkNamespaces } from "./namespace.js"
import { Overview } from "./overview.js"
import { type Owner, releasesKey, scopeAt } from "./owner.js"
import { type Facts } from "./place.js"
import {
  type clusterReleaseSchema,
  clusterSchema,
  defaultPlatform,
  type EnvironmentData,
  environmentSchema,
  type Release,
} from "./schema.js"
import { type LocatedReference, type Stage } from "./stage.js"
import { checkTenants } from "./tenants.js"
import type { Scope } from "./units.js"

export interface LoadOptions {
  /** The directories of charts that exist; not checked if not given. */
  readonly charts?: readonly string[]
  /** What is in them; not checked if not given. */
  readonly chartFiles?: ChartFiles
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
  const environment = loader.environment(name)
  assertNone(loader.problems)
  return environment as Environment
}

/** All environments, sorted by name; the problems of all of them are reported together. */
export function loadEnvironments(files: Files, options: LoadOptions = {}): Environment[] {
  const loader = new Loader(files, options)
  const environments = loader.names.map((name) => loader.environment(name))
  assertNone(loader.problems)
  return environments as Environment[]
}

/**
 * One cluster, which stands on the account: what its environments share.
 *
 * @throws ModelError with everything that is wrong with the files that all of them read
 */
export function loadCluster(files: Files, name: string, options: LoadOptions = {}): Stage {
  const loader = new Loader(files, options)
  const cluster = loader.cluster(name)
  assertNone(loader.problems)
  return cluster as Stage
}

/** Every image of `images.yaml`, whether an environment uses it or not; throws ModelError with what is wrong in any file. */
export function loadImages(files: Files): Record<string, Image> {
  const loader = new Loader(files, {})
  for (const name of loader.names) loader.environment(name)
  assertNone(loader.problems)
  return loader.images ?? {}
}

/** Loads each once and collects the problems of all. */
class Loader {
  readonly problems: Problem[] = []
  /** Undefined if there are problems with them. */
  readonly images: Record<string, Image> | undefined
  private readonly files: LayeredFiles
  private readonly overview: Overview
  private readonly loaded = new Map<string, Environment | undefined>()

  constructor(
    files: Files,
    private readonly options: LoadOptions,
  ) {
    this.files = new LayeredFiles(files, this.problems)
    this.images = this.readImages()
    this.overview = new Overview(this.files, this.images ?? {})
  }

  /** The names of all environments. */
  get names(): readonly string[] {
    return this.files.names
  }

  /**
   * The environment, or undefined if there are problems with it.
   *
   * @param trail the environments that led here, the last of which refers to this one
   * @param at where it does
   */
  environment(name: string, trail: readonly string[] = [], at?: Position): Environment | undefined {
    if (trail.includes(name)) {
      const circle = [...trail.slice(trail.indexOf(name)), name].join(" -> ")
      this.problems.push({ at, message: `environments refer to each other in a cycle: ${circle}` })
      return undefined
    }
    if (!this.loaded.has(name)) this.loaded.set(name, this.build(name, trail))
    return this.loaded.get(name)
  }

  /** The cluster, or undefined if there are problems with it. */
  cluster(name: string): Stage | undefined {
    const { clusters } = this.files
    if (!clusters.includes(name)) {
      this.problems.push({ message: `there is no cluster "${name}"`, hint: suggest(name, clusters) })
      return undefined
    }
    const merged = this.files.cluster(name)
    // Whatever the cluster's files no longer name is deleted: no environment on it must need that.
    const environments = this.overview.environmentsOn(name).map((one) => this.environment(one))
    if (!merged) return undefined
    const { facts, tree, filled, references, problems } = this.check(name, merged, [])
    const all = [
      ...filled,
      ...validate(clusterSchema, tree),
      ...checkDerivedNames({ ...facts, name }, tree),
      ...this.checkTogether({ scope: "cluster", name }, tree),
      ...problems,
    ]
    const tenant = treeAt(tree, ["tenant"])
    if (tenant)
      all.push({ at: tenant.at, message: `cluster ${name} is somebody else's: these files are those of a tenant` })
    this.problems.push(...all)
    if (all.length > 0 || !this.images) return undefined
    const from: From = { data: toJson(tree) as From["data"], tree, references, images: this.images }
    const isProtected = from.data.protected || environments.some((one) => one?.protected)
    return { ...stageOf(from, "cluster", name, [accountOf(from)]), protected: isProtected ?? false }
  }

  private build(name: string, trail: readonly string[]): Environment | undefined {
    if (!this.names.includes(name)) {
      this.problems.push({ message: `there is no environment "${name}"`, hint: suggest(name, this.names) })
      return undefined
    }
    if (checkName(name, this.names).length > 0) return undefined // reported already
    const layers = this.files.environment(name)
    if (!layers) return undefined
    const checked = this.check(name, withoutTenantsValues(layers), trail)
    const { facts, tree, filled, references, uses } = checked
    const problems = [
      ...filled,
      ...validate(environmentSchema, tree),
      ...checkDerivedNames({ ...facts, name }, tree),
      ...checkSameNames({ ...facts, name }, this.overview.spaces()),
      ...this.checkTogether({ scope: "environment", name }, tree),
      ...checked.problems,
    ]
    this.problems.push(...problems)
    if (problems.length > 0 || !this.images) return undefined
    const from: From = { data: toJson(tree) as From["data"], tree, references, images: this.images }
    const account = accountOf(from)
    const stage = stageOf(from, "environment", name, [account, stageOf(from, "cluster", from.data.cluster, [account])])
    const { host, tier } = facts as Facts
    const { network, github, tenant } = from.data
    const more = { ...(network && { network }), ...(tenant && { tenant }) }
    return { ...stage, scope: "environment", uses, host, tier, github, ...more }
  }

  /** Fills in what is known of merged files, and checks what they refer to. */
  private check(name: string, merged: MapTree, trail: readonly string[]) {
    const facts = readFacts(name, merged)
    const { tree, problems: filled } = fillFacts(merged, facts, (reference) =>
      this.overview.derive(reference, merged, facts),
    )
    const checked = checkFiles(facts, tree, {
      charts: this.options.charts,
      chartFiles: this.options.chartFiles,
      namedCharts: () => this.overview.charts(),
      images: this.images && Object.keys(this.images),
      environments: this.names,
      load: (other, at) => this.environment(other, [...trail, name], at),
    })
    return { facts, tree, filled, ...checked }
  }

  /** What is wrong in the files of all environments together, as far as it concerns an owner. */
  private checkTogether(owner: Owner, tree: MapTree): Problem[] {
    return [...checkGithub(tree), ...checkTenants(tree, this.names), ...checkNamespaces(owner, this.overview.spaces())]
  }

  private readImages(): Record<string, Image> | undefined {
    const tree = this.files.images()
    if (!tree) return undefined
    const { images, problems } = readImages(tree)
    this.problems.push(...problems)
    return images
  }
}

/** Checked files, and what stages are made of beside them. */
interface From {
  readonly data: Omit<EnvironmentData, "tier" | "releases"> & { [key: string]: unknown }
  readonly tree: MapTree
  readonly references: readonly LocatedReference[]
  readonly images: Record<string, Image>
}

const accountOf = (from: From): Stage => stageOf(from, "account", from.data.account, [])

/** What checked files say of one owner, which stands on others. */
function stageOf({ data, tree, references, images }: From, scope: Scope, name: string, wider: Stage[]): Stage {
  const own = references.filter(({ path }) => scopeAt(path) === scope)
  const used = new Set(own.map(({ reference }) => (reference.kind === "image" ? reference.image : undefined)))
  const { account, region, domain, cluster, chartRepository } = data
  const releases = (data[releasesKey(scope)] ?? {}) as Record<string, z.infer<typeof clusterReleaseSchema>>
  return {
    ...{ scope, name, account, region, domain, cluster, chartRepository },
    platform: data.platform ?? defaultPlatform,
    tenants: data.tenants ?? {},
    protected: data.protected ?? false,
    units: (data.infrastructure[scope] ?? {}) as Stage["units"],
    releases: Object.fromEntries(Object.entries(releases).map(([release, said]) => [release, complete(said)])),
    images: Object.fromEntries(Object.entries(images).filter(([image]) => used.has(image))),
    ...{ wider, uses: {}, references: own, tree },
  }
}

/** A release with what its file does not say. */
const complete = (release: z.infer<typeof clusterReleaseSchema>): Release => ({
  ...release,
  values: release.values ?? {},
  secrets: release.secrets ?? {},
  needs: release.needs ?? [],
  timeout: release.timeout ?? 300,
})
