/** What a tenant, a repository with narrower credentials of its own, is told about the infrastructure that it runs on. */
import { type Entry, type Json, type MapTree, treeAt } from "../text/tree.js"

/** Outputs of units that tenants may refer to. None is secret; what is not here, a tenant has no use for. */
export const SHARED_OUTPUTS: Readonly<Record<string, readonly string[]>> = {
  network: ["vpc_cidr"],
  eks: ["cluster_name", "endpoint", "certificate_authority"],
  msk: ["brokers", "bootstrap_brokers", "bootstrap_brokers_tls"],
  rds: ["address", "port", "database", "username"],
}

/** The part of all outputs that tenants are told, by unit. */
export function sharedOutputs(outputs: Readonly<Record<string, Json>>): Record<string, Json> {
  return Object.fromEntries(
    Object.entries(SHARED_OUTPUTS).flatMap(([unit, names]) => {
      const from = outputs[unit] as Record<string, Json> | undefined
      return from
        ? [[unit, Object.fromEntries(names.filter((name) => name in from).map((name) => [name, from[name]]))]]
        : []
    }),
  )
}

/** The tree without the values of what tenants install: those are in the tenants' own files. */
export function withoutTenantsValues(tree: MapTree): MapTree {
  const handedOver = (name: string) => treeAt(tree, ["releases", name, "tenant"])?.kind === "scalar"
  return change(tree, "releases", (releases) => {
    const changed = [...releases.entries.keys()].filter(handedOver)
    return changed.reduce((all, name) => change(all, name, (release) => without(release, "values")), releases)
  })
}

/** A map with the map under one key changed, if there is one. */
function change(tree: MapTree, key: string, make: (inner: MapTree) => MapTree): MapTree {
  const entry = tree.entries.get(key)
  if (entry?.value.kind !== "map") return tree
  const changed: Entry = { ...entry, value: make(entry.value) }
  return { ...tree, entries: new Map([...tree.entries, [key, changed]]) }
}

const without = (tree: MapTree, key: string): MapTree => ({
  ...tree,
  entries: new Map([...tree.entries].filter(([name]) => name !== key)),
})

/** Where everything of a tenant lies in the state bucket: its role can reach nothing else there. */
export const tenantPrefix = (tenant: string) => `tenants/${tenant}/`

/** Where a tenant finds what it is told about an environment, below its prefix. */
export const sharedKey = (environment: string) => `shared/${environment}.json`
