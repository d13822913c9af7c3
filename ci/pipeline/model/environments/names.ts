/** Names of environments, and what is made of them: AWS and Kubernetes have limits of their own, all of which count. */

import type { Position, Problem } from "../text/problems.js"
import { type MapTree, positionAt, treeAt } from "../text/tree.js"
import { namespacesIn } from "./namespace.js"
import type { Owner } from "./owner.js"
import type { Facts, Place } from "./place.js"

/** Single dashes, because names of RDS instances have no others; a letter first, because what begins as a number can be read as one. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/** Words that YAML reads as something else than text, in one of its versions: charts write names without quotes. */
const WORDS = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]

const LABEL = 63

/** The place of what concerns an environment as a whole. */
const fileOf = (name: string): Position => ({ file: `${name}.yaml`, line: 1, column: 1 })

/**
 * What is wrong with the name of an environment in itself; nothing, if it can be one.
 *
 * @param known the names of all environments, for a hint at one that is free
 */
export function checkName(name: string, known: readonly string[]): Problem[] {
  const at = fileOf(name)
  if (WORDS.includes(name))
    return [{ at, message: `"${name}" cannot name an environment: YAML does not read it as text` }]
  if (NAME.test(name) && name.length <= LABEL) return []
  const rule = "must begin with a letter and consist of lower-case letters, digits and single inner dashes"
  return [
    {
      at,
      message: `"${name}" cannot name an environment: it ${NAME.test(name) ? `has ${name.length} characters; the maximum is ${LABEL}` : rule}`,
      hint: `namespaces, hosts and databases are named after it; ${rename(name, known)}`,
    },
  ]
}

function rename(name: string, known: readonly string[]): string {
  const better = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
  const usable = better !== name && checkName(better, []).length === 0 && better.length > 0
  if (!usable) return "rename the file"
  return known.includes(better)
    ? `rename the file; ${better}.yaml is another environment`
    : `rename the file, such as ${better}.yaml`
}

/** A name that is made when an environment is deployed. */
interface Derived {
  /** What is named. */
  readonly what: string
  readonly name: string
  /** How many characters it can have. */
  readonly limit: number
  /** Where the part of it is written that can be changed. */
  readonly at: Position
}

/**
 * What is made of an environment's name and has too many characters: each of these names has a limit of its own.
 *
 * @param facts what the environment says about itself, as far as it does
 * @param tree its merged files, facts filled in
 */
export function checkDerivedNames(facts: Partial<Facts> & { name: string }, tree: MapTree): Problem[] {
  return derivedNames(facts, tree)
    .filter(({ name, limit }) => name.length > limit)
    .map(({ what, name, limit, at }) => {
      const room = facts.name.length - (name.length - limit)
      const part = name.includes(facts.name) && room > 0
      return {
        at,
        message: `the ${what} ${name} would have ${name.length} characters; the maximum is ${limit}`,
        hint: part
          ? `the environment's name is a part of it: with ${room} characters it fits`
          : "choose a shorter name",
      }
    })
}

/**
 * The names that can become too long, as terragrunt/ and Kubernetes have them. Not with an environment's 63 characters:
 * labels (63), topics of Kafka (249), secrets (512), keys in the state bucket (1024). Roles are named after clusters and
 * tenants, whose own limits leave room for the rest (64).
 */
function derivedNames({ name, cluster, host }: Partial<Facts> & { name: string }, tree: MapTree): Derived[] {
  const at = fileOf(name)
  const has = (...path: string[]) => treeAt(tree, ["infrastructure", ...path]) !== undefined
  const found: Derived[] = []
  // Names of its roles begin with it; they have 64.
  if (cluster && has("cluster", "eks"))
    found.push({ what: "cluster", name: `wallet-world-${cluster}`, limit: 40, at: positionAt(tree, ["cluster"]) })
  // Its last snapshot is <name>-final; it has 63.
  if (cluster && has("environment", "rds"))
    found.push({ what: "RDS instance", name: `wallet-world-${cluster}-${name}`, limit: 57, at })
  // Before it stands the name of a service, with up to 63 and a dot, of 253 in all.
  if (host) found.push({ what: "host", name: host, limit: 189, at })
  for (const { namespace, at: written } of namespacesIn("environment", tree))
    found.push({ what: "namespace", name: namespace, limit: LABEL, at: namespace.includes(name) ? at : written })
  return found
}

/**
 * Another environment whose database instance would have the same name: a cluster's name and an environment's can be put
 * together to the same in two ways.
 *
 * @param all where each environment is
 */
export function checkSameNames(
  { name, account, region, cluster }: Partial<Facts> & { name: string },
  all: readonly (Place & { owner: Owner })[],
): Problem[] {
  const made = `${cluster}-${name}`
  const same = all.filter(
    ({ owner, ...one }) =>
      owner.scope === "environment" &&
      owner.name !== name &&
      one.account === account &&
      one.region === region &&
      `${one.cluster}-${owner.name}` === made,
  )
  return same.map((one) => ({
    at: fileOf(name),
    message: `${name} on cluster ${cluster} and ${one.owner.name} on cluster ${one.cluster} would have one name for their databases, wallet-world-${made}`,
    hint: "rename the file of one",
  }))
}
