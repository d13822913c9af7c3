/** Checks what a schema cannot see: whether everything that an environment refers to exists and may be referred to. */
import { type ChartFiles, chartProblems, readChart } from "../sources/chart-files.js"
import { chartDirectory, chartIn, chartName } from "../sources/charts.js"
import { findCycle } from "../text/order.js"
import { formatPosition, type Position, type Problem } from "../text/problems.js"
import { placedReferences, type Reference } from "../text/references.js"
import { suggest } from "../text/suggest.js"
import { type Json, keyPositionAt, type MapTree, type Path, positionAt, scalars, toJson, treeAt } from "../text/tree.js"
import type { Environment, Facts, LocatedReference } from "./environment.js"
import { SHARED_OUTPUTS } from "./handover.js"
import { environmentSchema, releaseSchema } from "./schema.js"
import { outputsOf, SCOPES, type Scope, scopeOf, UNIT_NAMES } from "./units.js"

/** What there is besides the environment itself; what is undefined could not be read and is not checked. */
export interface World {
  /** The directories of charts. */
  readonly charts?: readonly string[]
  /** What is in those directories. */
  readonly chartFiles?: ChartFiles
  /** The charts that the releases of all environments name. */
  readonly namedCharts: () => readonly NamedChart[]
  readonly images?: readonly string[]
  readonly environments: readonly string[]
  /** Another environment, referred to at a place; undefined if it has problems, which are reported with it. */
  readonly load: (name: string, at: Position) => Environment | undefined
}

/** A chart as a release names it, and where. */
export interface NamedChart {
  readonly chart: string
  readonly at: Position
}

export interface Checked {
  readonly problems: Problem[]
  readonly references: LocatedReference[]
  readonly uses: Record<string, Environment>
}

/** Checks a tree, whether or not it has the schema's shape: that is reported by the schema. */
export function checkEnvironment(facts: Partial<Facts>, tree: MapTree, world: World): Checked {
  const data = toJson(tree) as Shapeless
  const uses: Record<string, Environment> = {}
  const references: LocatedReference[] = []
  const problems: Problem[] = checkReleases(data, tree, world)
  for (const { path, scalar } of scalars(tree)) {
    if (typeof scalar.value !== "string") continue
    for (const { reference, at } of placedReferences(scalar)) {
      if (reference.kind === "malformed") continue // reported when the facts were filled in
      const problem = checkReference(reference, path, { at, facts, data, world, uses })
      if (problem) problems.push({ at, ...problem })
      else references.push({ reference, path, at })
    }
  }
  return { problems, references, uses }
}

/** Merged data of which nothing is known. */
type Shapeless = { [key: string]: Json | undefined }

/** A map inside of such data; empty if there is none. */
const mapAt = (data: Shapeless, key: string): Shapeless => {
  const value = data[key]
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {}
}

type Finding = Omit<Problem, "at"> | undefined
interface Context {
  readonly at: Position
  readonly facts: Partial<Facts>
  readonly data: Shapeless
  readonly world: World
  readonly uses: Record<string, Environment>
}

function checkReference(reference: Reference, path: Path, context: Context): Finding {
  const text = `\${${reference.text}}`
  const scope = path[0] === "infrastructure" ? (path[1] as Scope) : undefined
  if (!scope && !(path[0] === "releases" && (path[2] === "values" || path[2] === "secrets"))) {
    if (!isKnown(path)) return undefined // below a misspelt key, which the schema reports
    return {
      message: `${text} is not allowed in ${path.join(".")}`,
      hint: "references are for inputs of infrastructure, values and secrets of releases",
    }
  }
  if (reference.kind === "environment" || reference.kind === "derived") return undefined // filled in already
  if (reference.kind === "image") {
    const known = context.world.images
    if (known && !known.includes(reference.image))
      return { message: `there is no image for ${text}`, hint: suggest(reference.image, known) }
    if (scope === "account")
      return { message: `${text} cannot be an input of the account: images need the account's ECR repositories first` }
    return undefined
  }
  return reference.environment === undefined
    ? checkOwnOutput(reference, scope, context)
    : checkForeignOutput(reference, reference.environment, scope, context)
}

const isKnown = ([root, , key]: Path) =>
  Object.hasOwn(environmentSchema.shape, root) &&
  (root !== "releases" || key === undefined || Object.hasOwn(releaseSchema.shape, key))

type Output = Extract<Reference, { kind: "infra" }>

function checkOwnOutput(reference: Output, scope: Scope | undefined, { facts, data }: Context): Finding {
  const text = `\${${reference.text}}`
  const owner = scopeOf(reference.unit)
  if (!owner) return unknownUnit(text, reference.unit)
  if (data.tenant !== undefined) return checkSharedOutput(text, reference)
  if (mapAt(mapAt(data, "infrastructure"), owner)[reference.unit] === undefined) {
    return {
      message: `${text} is referenced, but ${facts.name} has no ${reference.unit}`,
      hint: `add ${reference.unit} to infrastructure.${owner}, or refer to another environment's`,
    }
  }
  if (scope && SCOPES.indexOf(owner) >= SCOPES.indexOf(scope)) {
    return {
      message: `${text} cannot be an input of the ${scope}: ${owner === scope ? "units of one scope are connected by Terragrunt" : `the ${owner} is deployed after it`}`,
    }
  }
  return unknownOutput(text, reference)
}

/** A tenant has no infrastructure of its own: it is told the outputs of somebody else's. */
function checkSharedOutput(text: string, { unit, output }: Output): Finding {
  const known = SHARED_OUTPUTS[unit] ?? []
  return known.includes(output[0])
    ? undefined
    : { message: `${text} is not shared with tenants`, hint: suggest(output[0], known) }
}

function checkForeignOutput(reference: Output, other: string, scope: Scope | undefined, context: Context): Finding {
  const { facts, world, uses } = context
  const text = `\${${reference.text}}`
  if (other === facts.name)
    return {
      message: `${text} is this environment's own`,
      hint: `write \${infra.${[reference.unit, ...reference.output].join(".")}}`,
    }
  if (!world.environments.includes(other))
    return { message: `there is no environment for ${text}`, hint: suggest(other, world.environments) }
  const owner = scopeOf(reference.unit)
  if (!owner) return unknownUnit(text, reference.unit)
  if (owner !== "environment") {
    return {
      message: `${text}: ${reference.unit} belongs to the ${owner}, not to an environment`,
      hint: `write \${infra.${[reference.unit, ...reference.output].join(".")}}`,
    }
  }
  if (scope && scope !== "environment")
    return { message: `${text} cannot be an input of the ${scope}: the environment is deployed after it` }
  const wrongOutput = unknownOutput(text, reference)
  if (wrongOutput) return wrongOutput
  const environment = world.load(other, context.at)
  if (!environment) return undefined
  if ((["account", "region", "cluster"] as const).some((key) => facts[key] && facts[key] !== environment[key])) {
    return {
      message: `${text}: ${other} is on cluster ${environment.cluster}, ${facts.name} on ${facts.cluster}`,
      hint: "only environments of one cluster can reach each other",
    }
  }
  if (!(reference.unit in environment.infrastructure.environment))
    return { message: `${text} is referenced, but ${other} has no ${reference.unit}` }
  uses[other] = environment
  return undefined
}

const unknownUnit = (text: string, unit: string): Finding => ({
  message: `there is no unit for ${text}`,
  hint: suggest(unit, UNIT_NAMES),
})

function unknownOutput(text: string, { unit, output }: Output): Finding {
  const known = outputsOf(unit)
  return known.includes(output[0])
    ? undefined
    : { message: `${unit} has no output for ${text}`, hint: suggest(output[0], known) }
}

function checkReleases(data: Shapeless, tree: MapTree, world: World): Problem[] {
  const problems: Problem[] = []
  const releases = mapAt(data, "releases")
  const names = Object.keys(releases)
  const needsOf = (name: string) => {
    const { needs } = mapAt(releases, name)
    return Array.isArray(needs) ? needs.map(String) : []
  }
  for (const name of names) {
    const { chart } = mapAt(releases, name)
    if (typeof chart === "string") {
      const problem = checkChart(chart, world)
      if (problem) problems.push({ at: positionAt(tree, ["releases", name, "chart"]), ...problem })
      else problems.push(...chartProblems(chartDirectory(chart), world.chartFiles))
    }
    for (const [index, need] of needsOf(name).entries()) {
      if (names.includes(need)) continue
      const at = positionAt(tree, ["releases", name, "needs", index])
      problems.push({ at, message: `there is no release "${need}"`, hint: suggest(need, names) })
    }
  }
  const cycle = findCycle(names, (name) => needsOf(name).filter((need) => names.includes(need)))
  if (cycle) {
    const at = positionAt(tree, ["releases", cycle[0], "needs"])
    problems.push({ at, message: `releases depend on each other in a cycle: ${[...cycle, cycle[0]].join(" -> ")}` })
  }
  return [...problems, ...checkSecrets(data, tree)]
}

/** A Secret is one release's: it is deleted with that release, and what two write would change with every deployment. */
function checkSecrets(data: Shapeless, tree: MapTree): Problem[] {
  const problems: Problem[] = []
  const writers = new Map<string, { release: string; at: Position }>()
  const releases = mapAt(data, "releases")
  for (const release of Object.keys(releases)) {
    const { namespace } = mapAt(releases, release)
    const secrets = treeAt(tree, ["releases", release, "secrets"])
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

function checkChart(chart: string, { charts, chartFiles, namedCharts }: World): Finding {
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
