/** One environment, ready to be worked with, and how it is printed. */
import { Document, isMap, isScalar, type Node, type Pair, type YAMLMap } from "yaml"
import type { Image } from "../sources/images.js"
import { inOrder } from "../text/order.js"
import { formatPosition, type Position } from "../text/problems.js"
import type { Reference } from "../text/references.js"
import { type Json, type MapTree, type Path, positionAt, treeAt } from "../text/tree.js"
import { yamlText } from "../text/yaml.js"
import type { GithubRepository } from "./github.js"
import type { Release } from "./schema.js"
import type { Tenants } from "./tenants.js"
import { SCOPES, type Scope } from "./units.js"

/** What an environment says about itself: the values of ${environment.X}. */
export interface Facts {
  readonly name: string
  /** Services are at <service>.<host>. */
  readonly host: string
  readonly account: string
  readonly region: string
  readonly domain: string
  readonly cluster: string
  readonly network?: string
  readonly tier: string
}

/** Where an environment is, as far as its files say. */
export type Place = Partial<Pick<Facts, "account" | "region" | "cluster">>

/** Unit, then its inputs. */
export type Units = Record<string, Record<string, Json>>

/** A reference and the string that it stands in. */
export interface LocatedReference {
  readonly reference: Reference
  readonly path: Path
  readonly at: Position
}

/** A whole environment: layers merged, everything checked, ${environment.X} filled in, other references as written. */
export interface Environment extends Facts {
  /** What the cluster's nodes run, such as linux/amd64: images are built for it. */
  readonly platform: string
  /** Charts are pushed to <this>/<name of the chart>. */
  readonly chartRepository: string
  /** The repository on GitHub that these files are in. */
  readonly github?: GithubRepository
  /** Other repositories that use the account. */
  readonly tenants: Tenants
  /** Whose files these are, when the infrastructure is somebody else's. */
  readonly tenant?: string
  /** Destroying it has to be confirmed. */
  readonly protected: boolean
  readonly infrastructure: Record<Scope, Units>
  readonly releases: Record<string, Release>
  /** The images that it refers to. */
  readonly images: Record<string, Image>
  /** The other environments whose outputs it refers to. */
  readonly uses: Record<string, Environment>
  /** All references that a step has yet to fill in. */
  readonly references: readonly LocatedReference[]
  /** The merged values with their origins; `resolve` works on it. */
  readonly tree: MapTree
}

/**
 * The names of environments, in an order in which they can be deployed: what another one uses comes before it.
 *
 * @param environments those to name
 */
export function environmentNames(environments: readonly Environment[]): string[] {
  const uses = new Map(environments.map(({ name, uses }) => [name, Object.keys(uses)]))
  return inOrder([...uses.keys()], (name) => (uses.get(name) ?? []).filter((used) => uses.has(used)))
}

/** The releases that are installed here: those that are not left to a tenant. */
export const installedReleases = ({ releases }: Pick<Environment, "releases">): [string, Release][] =>
  Object.entries(releases).filter(([, { tenant }]) => !tenant)

/**
 * The environment as YAML. References that only a deployment can fill in are left as they are; with `origins` each value
 * is followed by the place that it comes from.
 *
 * @example
 * environmentYaml(environment, { origins: true })
 * // name: lace-dev
 * // account: "000000000000" # environments/_defaults.yaml:3:10
 */
export function environmentYaml(environment: Environment, { origins = false } = {}): string {
  const { name, host, account, region, domain, cluster, network, tier, tenant } = environment
  const { infrastructure, releases, images } = environment
  const document = new Document({
    ...{ name, host, account, region, domain, cluster, ...(network && { network }), tier, ...(tenant && { tenant }) },
    platform: environment.platform,
    chartRepository: environment.chartRepository,
    protected: environment.protected,
    infrastructure: Object.fromEntries(SCOPES.map((scope) => [scope, infrastructure[scope]])),
    releases,
    images,
  })
  if (origins) comment(document.contents as Node, [], environment.tree)
  return yamlText(document)
}

/** Puts the origin behind every scalar of the merged files. */
function comment(node: Node, path: Path, tree: MapTree): void {
  if (!isMap(node)) return
  for (const { key, value } of (node as YAMLMap).items as Pair<Node, Node>[]) {
    const inner = [...path, String(isScalar(key) ? key.value : key)]
    if (isMap(value)) comment(value, inner, tree)
    else if (isScalar(value) && treeAt(tree, inner)) value.comment = ` ${formatPosition(positionAt(tree, inner))}`
  }
}
