/** What follows from the files of all environments, whichever one is asked about. */
import { chartName } from "../sources/charts.js"
import type { Image } from "../sources/images.js"
import { compare } from "../text/problems.js"
import type { Derived } from "../text/references.js"
import { emptyMap, type Json, type MapTree, toJson, treeAt } from "../text/tree.js"
import type { NamedChart } from "./check-releases.js"
import { readFacts, substitute } from "./facts.js"
import { workflowAccess, workflowsHaveRoles } from "./github.js"
import type { LayeredFiles } from "./layered.js"
import { namespacesIn, type Spaces } from "./namespace.js"
import { type Owner, releasesPath } from "./owner.js"
import { type Place } from "./place.js"
import { tenantAccess, tenantNamespaces } from "./tenants.js"

/** What all environments and clusters come to together; each answer is found once. */
export class Overview {
  private readonly places = new Map<string, Place>()
  private allRepositories?: readonly string[]
  private allCharts?: readonly NamedChart[]
  private allSpaces?: readonly Spaces[]

  constructor(
    private readonly files: LayeredFiles,
    private readonly images: Record<string, Image>,
  ) {}

  /** What a reference to something derived stands for, as an environment or a cluster sees it. */
  derive(reference: Derived, tree: MapTree, here: Place): Json {
    const placeOf = (name: string) => this.placeOf(name)
    const all: Record<Derived, () => Json> = {
      repositories: () => [...this.repositories()],
      github: () => workflowAccess(tree, here, this.files.names, placeOf),
      "github.roles": () => workflowsHaveRoles(tree),
      tenants: () => tenantAccess(tree, here, placeOf),
      "tenants.namespaces": () => tenantNamespaces(tree, here, placeOf),
    }
    return all[reference]()
  }

  /** The charts that releases name: those of one name must be one chart. */
  charts(): readonly NamedChart[] {
    this.allCharts ??= this.trees().flatMap(chartsIn)
    return this.allCharts
  }

  /** Where all owners of releases are, and their namespaces: each must be one owner's. */
  spaces(): readonly Spaces[] {
    this.allSpaces ??= [
      ...this.files.names.map((name) => this.spacesOf({ scope: "environment", name }, this.files.environment(name))),
      ...this.files.clusters.map((name) => this.spacesOf({ scope: "cluster", name }, this.files.cluster(name))),
    ]
    return this.allSpaces
  }

  /** The names of the environments on a cluster. */
  environmentsOn(cluster: string): string[] {
    return this.files.names.filter((name) => this.placeOf(name).cluster === cluster)
  }

  private spacesOf(owner: Owner, tree = emptyMap(owner.name)): Spaces {
    const facts = readFacts(owner.name, tree)
    return { ...facts, owner, namespaces: namespacesIn(owner.scope, tree, (text) => substitute(text, facts)) }
  }

  private placeOf(name: string): Place {
    const place = this.places.get(name) ?? readFacts(name, this.files.environment(name) ?? emptyMap(name))
    this.places.set(name, place)
    return place
  }

  /**
   * Every repository that any environment or cluster needs. They belong to the account, so the answer must not depend on which
   * environment is asked about: otherwise one deployment would remove another's.
   */
  private repositories(): readonly string[] {
    this.allRepositories ??= this.findRepositories()
    return this.allRepositories
  }

  private findRepositories(): string[] {
    const images = Object.values(this.images).map((image) => image.repository)
    const charts = this.trees().flatMap((tree) => {
      const data = toJson(tree) as { [key in "chartRepository" | "tenants"]?: Json }
      const tenants = Object.values(data.tenants ?? {}) as { repositories?: string[] }[]
      return [
        ...chartsIn(tree).map(({ chart }) => `${data.chartRepository}/${chartName(chart)}`),
        ...tenants.flatMap((tenant) => tenant?.repositories ?? []),
      ]
    })
    return [...new Set([...images, ...charts])].sort(compare)
  }

  /** The merged files of all environments and clusters. */
  private trees(): MapTree[] {
    const { names, clusters } = this.files
    return [
      ...names.map((name) => this.files.environment(name)),
      ...clusters.map((name) => this.files.cluster(name)),
    ].flatMap((tree) => tree ?? [])
  }
}

/** The charts that the releases in merged files name. */
function chartsIn(tree: MapTree): NamedChart[] {
  return (["cluster", "environment"] as const).flatMap((scope) => {
    const releases = treeAt(tree, releasesPath(scope))
    const names = releases?.kind === "map" ? [...releases.entries.keys()] : []
    return names.flatMap((release): NamedChart[] => {
      const chart = treeAt(releases, [release, "chart"])
      const named = chart?.kind === "scalar" && typeof chart.value === "string"
      return named ? [{ chart: String(chart.value), at: chart.at }] : []
    })
  })
}
