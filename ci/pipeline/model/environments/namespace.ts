/** Namespaces: which names are free, what each says of itself, and that it belongs to one environment alone. */
import { z } from "zod"
import { formatPosition, type Position, type Problem } from "../text/problems.js"
import { type MapTree, treeAt } from "../text/tree.js"
import type { Place } from "./environment.js"

/** Kubernetes keeps kube-* for itself; AWS's add-ons make the others. */
const RESERVED = /^(default$|kube-|amazon-|aws-|eks-)/

/** A namespace that may be made, and deleted again. Its length is checked with the names that are made of an environment's. */
export const namespaceSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must consist of lower-case letters, digits and inner dashes")
  .refine((name) => !RESERVED.test(name), {
    error: "must be the environment's own: default, kube-*, amazon-*, aws-* and eks-* belong to Kubernetes and AWS",
  })

/** Kubernetes enforces the Pod Security standard "restricted" in a namespace with these labels. */
export const NAMESPACE_LABELS = {
  "pod-security.kubernetes.io/enforce": "restricted",
  "pod-security.kubernetes.io/enforce-version": "latest",
}

/** The label of namespaces and of Helm's records that says which environment of the cluster they belong to. */
export const ENVIRONMENT_LABEL = "wallet-world.environment"
/** The label of Helm's records that says which tenant's pipeline has installed the release. */
export const TENANT_LABEL = "wallet-world.tenant"

/** A namespace that a release names, and where. */
interface Named {
  readonly namespace: string
  readonly at: Position
}

/**
 * The namespaces that the releases of an environment name, as often as they do.
 *
 * @param fill fills in the environment's facts, where that has not happened
 */
export function namespacesIn(tree: MapTree, fill = (text: string) => text): Named[] {
  const releases = treeAt(tree, ["releases"])
  if (releases?.kind !== "map") return []
  return [...releases.entries.keys()].flatMap((release): Named[] => {
    const found = treeAt(releases, [release, "namespace"])
    if (found?.kind !== "scalar" || typeof found.value !== "string") return []
    const namespace = fill(found.value)
    return namespace.includes("${") ? [] : [{ namespace, at: found.at }]
  })
}

/** Where an environment is, and the namespaces that its releases name. */
export interface Spaces extends Place {
  readonly name: string
  readonly namespaces: readonly Named[]
}

/**
 * The namespaces of an environment that another one on its cluster names, too. Destroying one of the two would take away
 * what is the other's.
 *
 * @param all what each environment names, this one with them
 */
export function checkNamespaces(name: string, all: readonly Spaces[]): Problem[] {
  const own = all.find((one) => one.name === name)
  if (!own?.cluster) return []
  const near = all.filter(
    ({ account, region, cluster }) => account === own.account && region === own.region && cluster === own.cluster,
  )
  return [...new Set(own.namespaces.map(({ namespace }) => namespace))].flatMap((namespace): Problem[] => {
    const users = near.flatMap((one) => {
      const first = one.namespaces.find((named) => named.namespace === namespace)
      return first ? [{ name: one.name, at: first.at }] : []
    })
    if (users.length < 2) return []
    const list = users.map((user) => `${user.name} (${formatPosition(user.at)})`)
    return [
      {
        // The same for all of them, so that it is said once.
        at: users[0].at,
        message: `namespace ${namespace} is used by several environments: ${list.join(", ")}`,
        hint: `each needs its own, such as ${namespace}-\${environment.name}`,
      },
    ]
  })
}
