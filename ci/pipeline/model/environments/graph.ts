/** The steps that deploy an environment, and what each needs. */
import { chartDirectory, chartName } from "../sources/charts.js"
import type { Image } from "../sources/images.js"
import { findCycle, inOrder } from "../text/order.js"
import { ModelError } from "../text/problems.js"
import type { Reference } from "../text/references.js"
import { type Environment, installedReleases } from "./environment.js"
import type { Release } from "./schema.js"
import { SCOPES, type Scope, scopeOf } from "./units.js"

interface Common {
  /** For example "infra:cluster", "image:ogmios", "chart:dapp-store", "release:dapp-store". */
  readonly id: string
  /** The image, the chart, the release; of infrastructure the scope. */
  readonly name: string
  /** Ids of the steps that must be done before. */
  readonly needs: readonly string[]
  /** Whether other environments may use it too: then destroying this one leaves it alone. */
  readonly shared: boolean
}
/** All units of one scope; `environment` is the one that they belong to, mostly but not always the deployed one. */
export interface InfrastructureStep extends Common {
  readonly kind: "infrastructure"
  readonly scope: Scope
  readonly environment: Environment
}
export interface ImageStep extends Common {
  readonly kind: "image"
  readonly image: Image
}
export interface ChartStep extends Common {
  readonly kind: "chart"
  /** Where it is in the caller's repository. */
  readonly directory: string
}
export interface ReleaseStep extends Common {
  readonly kind: "release"
  readonly release: Release
}
/** What somebody else's deployment of the environment tells a tenant about the infrastructure. */
export interface SharedStep extends Common {
  readonly kind: "shared"
  readonly tenant: string
}
/** Makes ready what a tenant's own pipeline needs to install its release. */
export interface HandoverStep extends Common {
  readonly kind: "handover"
  readonly release: Release
  readonly tenant: string
}
export type Step = InfrastructureStep | ImageStep | ChartStep | ReleaseStep | SharedStep | HandoverStep

/** Steps in an order in which they can be carried out; the same for the same environment. */
export interface Graph {
  readonly environment: Environment
  readonly steps: readonly Step[]
}

/**
 * The graph of an environment.
 *
 * @throws ModelError if steps depend on each other in a cycle
 * @example
 * buildGraph(environment).steps.map((step) => step.id)
 * // ["infra:account", "infra:cluster", "infra:environment", "image:api", "chart:dapp-store", "release:dapp-store"]
 */
export function buildGraph(environment: Environment): Graph {
  return sorted(environment, [
    ...infrastructure(environment),
    ...shared(environment),
    ...images(environment),
    ...charts(environment),
    ...releases(environment),
    ...handovers(environment),
  ])
}

function infrastructure(environment: Environment): Step[] {
  const step = (scope: Scope, owner: Environment): InfrastructureStep => ({
    kind: "infrastructure",
    id: infraId(scope, owner === environment ? undefined : owner.name),
    name: owner === environment ? scope : `${scope} of ${owner.name}`,
    scope,
    environment: owner,
    needs: unique([...widerThan(scope, environment), ...needsBelow(owner, ["infrastructure", scope], environment)]),
    shared: scope !== "environment" || owner !== environment,
  })
  // What another environment uses itself is needed as well.
  const others = new Map<string, Environment>()
  const collect = (from: Environment) => {
    for (const other of Object.values(from.uses)) {
      if (others.has(other.name)) continue
      others.set(other.name, other)
      collect(other)
    }
  }
  collect(environment)
  return [
    ...SCOPES.filter((scope) => hasUnits(environment, scope)).map((scope) => step(scope, environment)),
    ...[...others.values()].map((other) => step("environment", other)),
  ]
}

const sharedId = "infra:shared"

const shared = ({ name, tenant }: Environment): Step[] =>
  tenant ? [{ kind: "shared", id: sharedId, name, tenant, needs: [], shared: true }] : []

const images = (environment: Environment): Step[] =>
  Object.entries(environment.images).map(([name, image]) => ({
    kind: "image",
    id: `image:${name}`,
    name,
    image,
    needs: registry(environment),
    shared: true,
  }))

const charts = (environment: Environment): Step[] =>
  unique(installedReleases(environment).map(([, { chart }]) => chartDirectory(chart))).map((directory) => ({
    kind: "chart",
    id: `chart:${chartName(directory)}`,
    name: chartName(directory),
    directory,
    needs: registry(environment),
    shared: true,
  }))

const handovers = (environment: Environment): Step[] =>
  Object.entries(environment.releases).flatMap(([name, release]) => {
    const { tenant } = release
    if (!tenant) return []
    const scopes = SCOPES.filter((scope) => hasUnits(environment, scope)).map((scope) => infraId(scope))
    const needs = unique([...scopes, ...needsBelow(environment, ["releases", name], environment)])
    return [{ kind: "handover", id: `handover:${name}`, name, release, tenant, needs, shared: false }]
  })

const releases = (environment: Environment): Step[] =>
  installedReleases(environment).map(([name, release]) => ({
    kind: "release",
    id: `release:${name}`,
    name,
    release,
    needs: unique([
      `chart:${chartName(release.chart)}`,
      ...release.needs.map((need) => `${environment.releases[need].tenant ? "handover" : "release"}:${need}`),
      ...kubernetes(environment),
      ...needsBelow(environment, ["releases", name], environment),
    ]),
    shared: false,
  }))

/** What yields the Kubernetes that releases run in. */
const kubernetes = (environment: Environment) => {
  if (environment.tenant) return [sharedId]
  return hasUnits(environment, "cluster") ? ["infra:cluster"] : []
}

/** Images and charts are pushed to repositories, which belong to the account. */
const registry = (environment: Environment) => (hasUnits(environment, "account") ? ["infra:account"] : [])

const widerThan = (scope: Scope, environment: Environment) =>
  SCOPES.slice(0, SCOPES.indexOf(scope))
    .filter((wider) => hasUnits(environment, wider))
    .map((wider) => infraId(wider))

/** The steps behind the references below a path of `owner`, as seen from the deployed environment. */
function needsBelow(owner: Environment, path: readonly string[], deployed: Environment): string[] {
  return owner.references
    .filter((located) => path.every((key, index) => located.path[index] === key))
    .flatMap(({ reference }) => stepOf(reference, owner, deployed) ?? [])
}

function stepOf(reference: Reference, owner: Environment, deployed: Environment): string | undefined {
  if (reference.kind === "image") return `image:${reference.image}`
  if (reference.kind !== "infra") return undefined
  if (deployed.tenant) return sharedId
  const scope = scopeOf(reference.unit)
  if (!scope) return undefined
  const environment = scope === "environment" ? (reference.environment ?? owner.name) : deployed.name
  return infraId(scope, environment === deployed.name ? undefined : environment)
}

const infraId = (scope: Scope, other?: string) => (other ? `infra:${scope}:${other}` : `infra:${scope}`)
const hasUnits = (environment: Environment, scope: Scope) => Object.keys(environment.infrastructure[scope]).length > 0
const unique = <T>(values: readonly T[]) => [...new Set(values)]

function sorted(environment: Environment, steps: readonly Step[]): Graph {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const ids = [...byId.keys()]
  const needs = (id: string) => byId.get(id)?.needs ?? []
  const cycle = findCycle(ids, needs)
  if (cycle)
    throw new ModelError([
      { message: `steps of ${environment.name} depend on each other in a cycle: ${[...cycle, cycle[0]].join(" -> ")}` },
    ])
  return { environment, steps: inOrder(ids, needs).map((id) => byId.get(id) as Step) }
}

/** The order of destroying: whatever needs a step goes before it. Shared steps are left out unless asked for. */
export const destroyOrder = (graph: Graph, { shared = false } = {}): Step[] =>
  graph.steps.filter((step) => shared || !step.shared).reverse()

/** The part of a graph that is needed for some steps: they and all that they need. */
export function select(graph: Graph, wanted: (step: Step) => boolean): Graph {
  const kept = new Set<string>()
  for (const step of [...graph.steps].reverse()) {
    if (!kept.has(step.id) && !wanted(step)) continue
    for (const id of [step.id, ...step.needs]) kept.add(id)
  }
  return { ...graph, steps: graph.steps.filter((step) => kept.has(step.id)) }
}
