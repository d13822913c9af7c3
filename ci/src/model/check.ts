/** Checks what a schema cannot see: whether everything that an environment refers to exists and may be referred to. */
import type { Environment, Facts, LocatedReference } from "./environment.js"
import { findCycle } from "./order.js"
import type { Problem } from "./problems.js"
import { type Reference, referencesIn } from "./references.js"
import type { EnvironmentData } from "./schema.js"
import { suggest } from "./suggest.js"
import { type MapTree, type Path, positionAt, scalars, toJson } from "./tree.js"
import { outputsOf, SCOPES, type Scope, scopeOf, UNIT_NAMES } from "./units.js"

/** What there is besides the environment itself; what is undefined could not be read and is not checked. */
export interface World {
  readonly charts?: readonly string[]
  readonly images?: readonly string[]
  readonly environments: readonly string[]
  /** Another environment, or undefined if it has problems (which are reported with it). */
  readonly load: (name: string) => Environment | undefined
}

export interface Checked {
  readonly problems: Problem[]
  readonly references: LocatedReference[]
  readonly uses: Record<string, Environment>
}

/** Checks a tree that has the schema's shape. */
export function checkEnvironment(facts: Facts, tree: MapTree, world: World): Checked {
  const data = toJson(tree) as EnvironmentData
  const uses: Record<string, Environment> = {}
  const references: LocatedReference[] = []
  const problems: Problem[] = checkReleases(data, tree, world.charts)
  for (const { path, scalar } of scalars(tree)) {
    if (typeof scalar.value !== "string") continue
    for (const reference of referencesIn(scalar.value)) {
      if (reference.kind === "malformed") continue // reported when the facts were filled in
      const problem = checkReference(reference, path, { facts, data, world, uses })
      if (problem) problems.push({ at: scalar.at, ...problem })
      else references.push({ reference, path, at: scalar.at })
    }
  }
  return { problems, references, uses }
}

type Finding = Omit<Problem, "at"> | undefined
interface Context {
  readonly facts: Facts
  readonly data: EnvironmentData
  readonly world: World
  readonly uses: Record<string, Environment>
}

function checkReference(reference: Reference, path: Path, context: Context): Finding {
  const text = `\${${reference.text}}`
  const scope = path[0] === "infrastructure" ? (path[1] as Scope) : undefined
  if (!scope && !(path[0] === "releases" && (path[2] === "values" || path[2] === "secrets"))) {
    return {
      message: `${text} cannot stand in ${path.join(".")}`,
      hint: "references are for inputs of infrastructure, values and secrets of releases",
    }
  }
  if (reference.kind === "environment" || reference.kind === "repositories") return undefined // filled in already
  if (reference.kind === "image") {
    const known = context.world.images
    if (known && !known.includes(reference.image))
      return { message: `there is no image for ${text}`, hint: suggest(reference.image, known) }
    if (scope === "account")
      return { message: `${text} cannot be an input of the account: images need its repositories first` }
    return undefined
  }
  return reference.environment === undefined
    ? checkOwnOutput(reference, scope, context)
    : checkForeignOutput(reference, reference.environment, scope, context)
}

type Output = Extract<Reference, { kind: "infra" }>

function checkOwnOutput(reference: Output, scope: Scope | undefined, { facts, data }: Context): Finding {
  const text = `\${${reference.text}}`
  const owner = scopeOf(reference.unit)
  if (!owner) return unknownUnit(text, reference.unit)
  if (data.infrastructure[owner]?.[reference.unit as never] === undefined) {
    return {
      message: `${text} is asked for, but ${facts.name} has no ${reference.unit}`,
      hint: `add ${reference.unit} to infrastructure.${owner}, or refer to another environment's`,
    }
  }
  if (scope && SCOPES.indexOf(owner) >= SCOPES.indexOf(scope)) {
    return {
      message: `${text} cannot be an input of the ${scope}: ${owner === scope ? "units of one scope are connected by Terragrunt" : `the ${owner} comes after it`}`,
    }
  }
  return unknownOutput(text, reference)
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
    return { message: `${text} cannot be an input of the ${scope}: the environment comes after it` }
  const wrongOutput = unknownOutput(text, reference)
  if (wrongOutput) return wrongOutput
  const environment = world.load(other)
  if (!environment) return { message: `${text} cannot be used while ${other} has problems` }
  if (
    environment.cluster !== facts.cluster ||
    environment.account !== facts.account ||
    environment.region !== facts.region
  ) {
    return {
      message: `${text}: ${other} is on cluster ${environment.cluster}, ${facts.name} on ${facts.cluster}`,
      hint: "only environments of one cluster can reach each other",
    }
  }
  if (!(reference.unit in environment.infrastructure.environment))
    return { message: `${text} is asked for, but ${other} has no ${reference.unit}` }
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

function checkReleases({ releases }: EnvironmentData, tree: MapTree, charts: readonly string[] | undefined): Problem[] {
  const problems: Problem[] = []
  const report = (path: Path, message: string, hint?: string) =>
    problems.push({ at: positionAt(tree, path), message, hint })
  for (const [name, release] of Object.entries(releases)) {
    if (charts && !charts.includes(release.chart))
      report(["releases", name, "chart"], `there is no chart "${release.chart}"`, suggest(release.chart, charts))
    for (const [index, need] of (release.needs ?? []).entries()) {
      if (!(need in releases))
        report(
          ["releases", name, "needs", index],
          `there is no release "${need}"`,
          suggest(need, Object.keys(releases)),
        )
    }
  }
  const cycle = findCycle(Object.keys(releases), (name) =>
    (releases[name]?.needs ?? []).filter((need) => need in releases),
  )
  if (cycle)
    report(
      ["releases", cycle[0], "needs"],
      `releases need each other in a circle: ${[...cycle, cycle[0]].join(" -> ")}`,
    )
  return problems
}
