/** Checks what a schema cannot see: whether everything that merged files refer to exists and may be referred to. */
import { type Position, type Problem } from "../text/problems.js"
import { placedReferences, type Reference } from "../text/references.js"
import { suggest } from "../text/suggest.js"
import { type MapTree, type Path, scalars, toJson } from "../text/tree.js"
import { checkReleases, type KnownCharts, mapAt, type Shapeless } from "./check-releases.js"
import { SHARED_OUTPUTS } from "./handover.js"
import { scopeAt } from "./owner.js"
import type { Facts } from "./place.js"
import { clusterReleaseSchema, environmentSchema, releaseSchema } from "./schema.js"
import { type LocatedReference, type Stage } from "./stage.js"
import { outputsOf, SCOPES, type Scope, scopeOf, UNIT_NAMES } from "./units.js"

/** What there is besides the environment itself; what is undefined could not be read and is not checked. */
export interface World extends KnownCharts {
  readonly images?: readonly string[]
  readonly environments: readonly string[]
  /** Another environment, referred to at a place; undefined if it has problems, which are reported with it. */
  readonly load: (name: string, at: Position) => Stage | undefined
}

export interface Checked {
  readonly problems: Problem[]
  readonly references: LocatedReference[]
  readonly uses: Record<string, Stage>
}

/** Checks a tree, whether or not it has the schema's shape: that is reported by the schema. */
export function checkFiles(facts: Partial<Facts>, tree: MapTree, world: World): Checked {
  const data = toJson(tree) as Shapeless
  const uses: Record<string, Stage> = {}
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

type Finding = Omit<Problem, "at"> | undefined
interface Context {
  readonly at: Position
  readonly facts: Partial<Facts>
  readonly data: Shapeless
  readonly world: World
  readonly uses: Record<string, Stage>
}

/** Whether a path leads to inputs of units rather than to a release. */
const isInput = ([root]: Path) => root === "infrastructure"

function checkReference(reference: Reference, path: Path, context: Context): Finding {
  const text = `\${${reference.text}}`
  const scope = scopeAt(path)
  if (!scope || !(isInput(path) || path[2] === "values" || path[2] === "secrets")) {
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
    ? checkOwnOutput(reference, path, scope, context)
    : checkForeignOutput(reference, reference.environment, scope, context)
}

function isKnown([root, name, key]: Path): boolean {
  if (!Object.hasOwn(environmentSchema.shape, root)) return false
  if (root === "infrastructure") return scopeAt([root, name]) !== undefined
  if (key === undefined) return true
  if (root === "clusterReleases") return Object.hasOwn(clusterReleaseSchema.shape, key)
  return root !== "releases" || Object.hasOwn(releaseSchema.shape, key)
}

type Output = Extract<Reference, { kind: "infra" }>

function checkOwnOutput(reference: Output, path: Path, scope: Scope, { facts, data }: Context): Finding {
  const text = `\${${reference.text}}`
  const owner = scopeOf(reference.unit)
  if (!owner) return unknownUnit(text, reference.unit)
  if (data.tenant !== undefined) return checkSharedOutput(text, reference)
  // A release can use the units of its own scope; units of one scope are applied together.
  const distance = SCOPES.indexOf(owner) - SCOPES.indexOf(scope)
  if (distance > 0 || (distance === 0 && isInput(path))) {
    const why = distance === 0 ? "units of one scope are connected by Terragrunt" : `the ${owner} is deployed after it`
    return { message: `${text} cannot be ${isInput(path) ? "an input" : "used by a release"} of the ${scope}: ${why}` }
  }
  if (mapAt(mapAt(data, "infrastructure"), owner)[reference.unit] === undefined) {
    return {
      message: `${text} is referenced, but ${facts.name} has no ${reference.unit}`,
      hint: `add ${reference.unit} to infrastructure.${owner}, or refer to another environment's`,
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

function checkForeignOutput(reference: Output, other: string, scope: Scope, context: Context): Finding {
  const { facts, world, uses } = context
  const text = `\${${reference.text}}`
  if (scope !== "environment")
    return { message: `${text} cannot be used by the ${scope}: the environment is deployed after it` }
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
  if (!(reference.unit in environment.units))
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
