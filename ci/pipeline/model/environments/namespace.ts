/** Namespaces: which names are free, what each says of itself, and that it belongs to one environment alone. */
import { z } from "zod"
import { formatPosition, type Position, type Problem } from "../text/problems.js"
import { type MapTree, treeAt } from "../text/tree.js"
import { type Owner, ownerText, releasesPath, sameOwner } from "./owner.js"
import type { Place } from "./place.js"
import type { Scope } from "./units.js"

/** Kubernetes keeps kube-* for itself; AWS's add-ons make the others. */
const RESERVED = /^(default$|kube-|amazon-|aws-|eks-)/

/** A namespace that may be made, and deleted again. Its length is checked with the names that are made of an environment's. */
export const namespaceSchema = z
  .string()
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "must consist of lower-case letters, digits and inner dashes")
  .refine((name) => !RESERVED.test(name), {
    error: "must be a name of its own: default, kube-*, amazon-*, aws-* and eks-* belong to Kubernetes and AWS",
  })

/** How far Kubernetes restricts the pods of a namespace: https://kubernetes.io/docs/concepts/security/pod-security-standards/ */
export const POD_SECURITY = ["restricted", "baseline", "privileged"] as const
export type PodSecurity = (typeof POD_SECURITY)[number]

/** The labels with which Kubernetes enforces a Pod Security standard in a namespace. */
export const podSecurityLabels = (level: PodSecurity = "restricted"): Record<string, string> => ({
  "pod-security.kubernetes.io/enforce": level,
  "pod-security.kubernetes.io/enforce-version": "latest",
})

/** The label of namespaces and of Helm's records that says which environment of the cluster they belong to. */
export const ENVIRONMENT_LABEL = "wallet-world.environment"
/** The label of those that all of the cluster's environments share. */
export const CLUSTER_LABEL = "wallet-world.cluster"
/** The label of Helm's records that says which tenant's pipeline has installed the release. */
export const TENANT_LABEL = "wallet-world.tenant"

/** A namespace that a release names, and where. */
interface Named {
  readonly namespace: string
  readonly at: Position
}

/**
 * The namespaces that the releases of a scope name, as often as they do.
 *
 * @param fill fills in the environment's facts, where that has not happened
 */
export function namespacesIn(scope: Scope, tree: MapTree, fill = (text: string) => text): Named[] {
  const releases = treeAt(tree, releasesPath(scope))
  if (releases?.kind !== "map") return []
  return [...releases.entries.keys()].flatMap((release): Named[] => {
    const found = treeAt(releases, [release, "namespace"])
    if (found?.kind !== "scalar" || typeof found.value !== "string") return []
    const namespace = fill(found.value)
    return namespace.includes("${") ? [] : [{ namespace, at: found.at }]
  })
}

/** Where an owner is, and the namespaces that its releases name. */
export interface Spaces extends Place {
  readonly owner: Owner
  readonly namespaces: readonly Named[]
}

/**
 * The namespaces of an owner that another one on the cluster names, too. Destroying one of the two would take away
 * what is the other's.
 *
 * @param all what each names, this one with them
 */
export function checkNamespaces(owner: Owner, all: readonly Spaces[]): Problem[] {
  const own = all.find((one) => sameOwner(one.owner, owner))
  if (!own?.cluster) return []
  const near = all.filter(
    ({ account, region, cluster }) => account === own.account && region === own.region && cluster === own.cluster,
  )
  return [...new Set(own.namespaces.map(({ namespace }) => namespace))].flatMap((namespace): Problem[] => {
    const users = near.flatMap((one) => {
      const first = one.namespaces.find((named) => named.namespace === namespace)
      return first ? [{ owner: one.owner, at: first.at }] : []
    })
    if (users.length < 2) return []
    const environments = users.every((user) => user.owner.scope === "environment")
    const list = users.map(({ owner, at }) => `${environments ? owner.name : ownerText(owner)} (${formatPosition(at)})`)
    const whose = environments ? "several environments" : "several"
    return [
      {
        // The same for all of them, so that it is said once.
        at: users[0].at,
        message: `namespace ${namespace} is used by ${whose}: ${list.join(", ")}`,
        hint: `each needs its own, such as ${namespace}-\${environment.name}`,
      },
    ]
  })
}
