/** One environment, ready to be worked with, and how it is printed. */
import { Document, isMap, isScalar, type Node, type Pair, type YAMLMap } from "yaml"
import { inOrder } from "../text/order.js"
import { formatPosition } from "../text/problems.js"
import { type MapTree, type Path, positionAt, treeAt } from "../text/tree.js"
import { yamlText } from "../text/yaml.js"
import type { GithubRepository } from "./github.js"
import { releasesKey } from "./owner.js"
import type { Facts } from "./place.js"
import { imagesOf, type Stage, stageIn } from "./stage.js"
import { SCOPES } from "./units.js"

/** An environment: the stage of that name, and what only environments have. */
export interface Environment extends Stage, Facts {
  readonly scope: "environment"
  /** The repository on GitHub that these files are in. */
  readonly github?: GithubRepository
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
  const { releases } = environment
  const shared = stageIn(environment, "cluster")?.releases ?? {}
  const document = new Document({
    ...{ name, host, account, region, domain, cluster, ...(network && { network }), tier, ...(tenant && { tenant }) },
    platform: environment.platform,
    chartRepository: environment.chartRepository,
    protected: environment.protected,
    infrastructure: Object.fromEntries(SCOPES.map((scope) => [scope, stageIn(environment, scope)?.units ?? {}])),
    ...(Object.keys(shared).length > 0 && { [releasesKey("cluster")]: shared }),
    releases,
    images: imagesOf(environment),
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
