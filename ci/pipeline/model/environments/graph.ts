/** The steps that deploy a stage, and what each needs. */
import { chartDirectory, chartName } from "../sources/charts.js"
import type { Image } from "../sources/images.js"
import { findCycle, inOrder } from "../text/order.js"
import { ModelError } from "../text/problems.js"
import type { Reference } from "../text/references.js"
import type { Path } from "../text/tree.js"
import { ownerText, releasesPath, unitsPath } from "./owner.js"
import type { Release } from "./schema.js"
import { type Stage, stageIn } from "./stage.js"
import { type Scope, scopeOf } from "./units.js"

interface Common {
  /** For example "infra:cluster", "image:ogmios", "chart:dapp-store", "release:dapp-store". */
  readonly id: string
  /** The image, the chart, the release; of infrastructure the scope. */
  readonly name: string
  /** Ids of the steps that must be done before. */
  readonly needs: readonly string[]
  /** Whether it is not the deployed stage's alone: then destroying that leaves it as it is. */
  readonly shared: boolean
}
/** All units of one stage. */
export interface InfrastructureStep extends Common {
  readonly kind: "infrastructure"
  readonly stage: Stage
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
  readonly stage: Stage
  readonly release: Release
}
/** What somebody else's deployment of the environment tells a tenant about the infrastructure. */
export interface ToldStep extends Common {
  readonly kind: "told"
  readonly tenant: string
}
/** Makes ready what a tenant's own pipeline needs to install its release. */
export interface HandoverStep extends Common {
  readonly kind: "handover"
  readonly stage: Stage
  readonly release: Release
  readonly tenant: string
}
export type Step = InfrastructureStep | ImageStep | ChartStep | ReleaseStep | ToldStep | HandoverStep

/** Steps in an order in which they can be carried out; the same for the same stage. */
export interface Graph {
  /** The stage that is deployed. */
  readonly stage: Stage
  readonly steps: readonly Step[]
}

/** The releases of a stage that a deployment brings about. */
interface Part {
  readonly stage: Stage
  readonly releases: readonly (readonly [string, Release])[]
}

/**
 * The graph of a stage: all that it has, the units of the stages that it stands on, and what it needs of their releases.
 *
 * @throws ModelError if steps depend on each other in a cycle
 * @example
 * buildGraph(environment).steps.map((step) => step.id)
 * // ["infra:account", "infra:cluster", "infra:environment", "image:api", "chart:dapp-store", "release:dapp-store"]
 */
export function buildGraph(deployed: Stage): Graph {
  const parts = [...deployed.wider, deployed].map((stage) => partOf(stage, deployed))
  return sorted(deployed, [
    ...infrastructure(deployed),
    ...told(deployed),
    ...images(parts, deployed),
    ...charts(parts, deployed),
    ...parts.flatMap((part) => releases(part, deployed)),
  ])
}

/** What a deployment brings about of the releases of a stage: all of its own, and of a wider one what they need. */
function partOf(stage: Stage, deployed: Stage): Part {
  if (stage === deployed) return { stage, releases: Object.entries(stage.releases) }
  const needed = new Set<string>()
  const follow = (release: Release) => {
    for (const need of release.needs) {
      if (needed.has(need) || !stage.releases[need]) continue
      needed.add(need)
      follow(stage.releases[need])
    }
  }
  Object.values(deployed.releases).forEach(follow)
  return { stage, releases: Object.entries(stage.releases).filter(([name]) => needed.has(name)) }
}

function infrastructure(deployed: Stage): Step[] {
  // What another environment uses itself is needed as well.
  const others = new Set<Stage>()
  const collect = ({ uses }: Stage) => {
    for (const other of Object.values(uses)) {
      if (others.has(other)) continue
      others.add(other)
      collect(other)
    }
  }
  collect(deployed)
  return [...[...deployed.wider, deployed].filter(hasUnits), ...others].map((stage) => {
    const { scope, name } = stage
    const wider = deployed.wider.filter(
      (one) => stage.wider.some((other) => other.scope === one.scope) && hasUnits(one),
    )
    return {
      kind: "infrastructure",
      id: infraId(stage, deployed),
      name: others.has(stage) ? `${scope} of ${name}` : scope,
      stage,
      needs: unique([...wider.map((one) => infraId(one, deployed)), ...needsBelow(stage, unitsPath(scope), deployed)]),
      shared: stage !== deployed,
    }
  })
}

const toldId = "infra:shared"

const told = ({ name, tenant }: Stage): Step[] =>
  tenant ? [{ kind: "told", id: toldId, name, tenant, needs: [], shared: true }] : []

/** The images that the deployed stage refers to, and those that the releases of wider ones do. */
function images(parts: readonly Part[], deployed: Stage): Step[] {
  const all = parts.flatMap(({ stage, releases }) => {
    const paths = releases.map(([name]) => [...releasesPath(stage.scope), name])
    const named = new Set(
      [unitsPath(stage.scope), ...paths].flatMap((path) => referencesBelow(stage, path)).map(imageOf),
    )
    return Object.entries(stage.images).filter(([name]) => named.has(name))
  })
  return Object.entries(Object.fromEntries(all)).map(([name, image]) => ({
    kind: "image",
    id: `image:${name}`,
    name,
    image,
    needs: registry(deployed),
    shared: true,
  }))
}

const imageOf = (reference: Reference) => (reference.kind === "image" ? reference.image : undefined)

function charts(parts: readonly Part[], deployed: Stage): Step[] {
  const installed = parts.flatMap(({ releases }) => releases).filter(([, { tenant }]) => !tenant)
  return unique(installed.map(([, { chart }]) => chartDirectory(chart))).map((directory) => ({
    kind: "chart",
    id: `chart:${chartName(directory)}`,
    name: chartName(directory),
    directory,
    needs: registry(deployed),
    shared: true,
  }))
}

const releases = ({ stage, releases }: Part, deployed: Stage): Step[] =>
  releases.map(([name, release]): Step => {
    const { chart, needs, tenant } = release
    const references = needsBelow(stage, [...releasesPath(stage.scope), name], deployed)
    const common = { name, release, stage, shared: stage !== deployed }
    if (tenant) {
      const units = [...deployed.wider, deployed].filter(hasUnits).map((one) => infraId(one, deployed))
      return { ...common, kind: "handover", id: `handover:${name}`, tenant, needs: unique([...units, ...references]) }
    }
    return {
      ...common,
      kind: "release",
      id: `release:${name}`,
      needs: unique([
        `chart:${chartName(chart)}`,
        ...needs.map((need) => `${stage.releases[need]?.tenant ? "handover" : "release"}:${need}`),
        ...kubernetes(deployed),
        ...references,
      ]),
    }
  })

/** What yields the Kubernetes that releases run in. */
const kubernetes = (deployed: Stage) => (deployed.tenant ? [toldId] : infraOf("cluster", deployed))

/** Images and charts are pushed to repositories, which belong to the account. */
const registry = (deployed: Stage) => infraOf("account", deployed)

/** The references below a path of a stage. */
const referencesBelow = ({ references }: Stage, path: Path): Reference[] =>
  references
    .filter((located) => path.every((key, index) => located.path[index] === key))
    .map(({ reference }) => reference)

/** The steps behind the references below a path of a stage, as seen from the deployed one. */
const needsBelow = (stage: Stage, path: Path, deployed: Stage): string[] =>
  referencesBelow(stage, path).flatMap((reference) => stepOf(reference, stage, deployed) ?? [])

function stepOf(reference: Reference, stage: Stage, deployed: Stage): string | undefined {
  if (reference.kind === "image") return `image:${reference.image}`
  if (reference.kind !== "infra") return undefined
  if (deployed.tenant) return toldId
  const scope = scopeOf(reference.unit)
  if (!scope) return undefined
  if (scope !== "environment") return `infra:${scope}`
  return infraId({ scope, name: reference.environment ?? stage.name }, deployed)
}

/** The step of a stage's units: another environment's has its name in it. */
const infraId = ({ scope, name }: Pick<Stage, "scope" | "name">, deployed: Pick<Stage, "scope" | "name">) =>
  scope === "environment" && name !== deployed.name ? `infra:${scope}:${name}` : `infra:${scope}`

/** The step of the units of one scope, if it has any. */
function infraOf(scope: Scope, deployed: Stage): string[] {
  const stage = stageIn(deployed, scope)
  return stage && hasUnits(stage) ? [infraId(stage, deployed)] : []
}

const hasUnits = ({ units }: Stage) => Object.keys(units).length > 0
const unique = <T>(values: readonly T[]) => [...new Set(values)]

function sorted(stage: Stage, steps: readonly Step[]): Graph {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const ids = [...byId.keys()]
  const needs = (id: string) => byId.get(id)?.needs ?? []
  const cycle = findCycle(ids, needs)
  if (cycle)
    throw new ModelError([
      { message: `steps of ${ownerText(stage)} depend on each other in a cycle: ${[...cycle, cycle[0]].join(" -> ")}` },
    ])
  return { stage, steps: inOrder(ids, needs).map((id) => byId.get(id) as Step) }
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
