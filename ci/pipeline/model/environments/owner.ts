/** Owners: the account, clusters and environments; and where what they own stands in the merged files. */
import type { Path } from "../text/tree.js"
import { SCOPES, type Scope } from "./units.js"

/** Who owns infrastructure and releases. */
export interface Owner {
  readonly scope: Scope
  /** The account's number, the cluster's name, the environment's name. */
  readonly name: string
  /** The tenant whose pipeline is at work in an environment, when its infrastructure is somebody else's. */
  readonly tenant?: string
}

/** The owner in words, such as "environment preview-dev". */
export const ownerText = ({ scope, name }: Owner): string => `${scope} ${name}`

/** Whether two owners are one. */
export const sameOwner = (one: Owner, other: Owner): boolean => one.scope === other.scope && one.name === other.name

/** Where the units of a scope stand in the merged files. */
export const unitsPath = (scope: Scope): Path => ["infrastructure", scope]

/** The key below which the releases of a scope stand in the merged files; the account has none. */
export const releasesKey = (scope: Scope): string => (scope === "environment" ? "releases" : `${scope}Releases`)

/** Where the releases of a scope stand in the merged files. */
export const releasesPath = (scope: Scope): Path => [releasesKey(scope)]

/** Whose units or releases stand at a path of the merged files; undefined where there are none. */
export function scopeAt([root, key]: Path): Scope | undefined {
  if (root === "infrastructure") return SCOPES.find((scope) => scope === key)
  return SCOPES.find((scope) => releasesKey(scope) === root)
}
