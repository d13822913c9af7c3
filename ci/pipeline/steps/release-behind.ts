// What objects of a release own in its namespace, directly or through other objects, whatever their labels.
import type { WaitingPod } from "../model/index.js"
import type { Kubernetes, KubernetesObject } from "../tools/kubernetes.js"
import { forbidden, type Wrong } from "./release-objects.js"

/** An object, and which one of the release it belongs to; that one itself, too. */
export interface Behind {
  title: string
  object: KubernetesObject & { kind: string }
}

/** What makes pods or is needed by them, and pods. */
const collections = [
  ["v1", "Pod", "pods"],
  ["v1", "PersistentVolumeClaim", "persistentvolumeclaims"],
  ["apps/v1", "Deployment", "deployments"],
  ["apps/v1", "ReplicaSet", "replicasets"],
  ["apps/v1", "StatefulSet", "statefulsets"],
  ["apps/v1", "DaemonSet", "daemonsets"],
  ["batch/v1", "Job", "jobs"],
] as const

/**
 * The objects that some objects own, and the claims of the pods among them.
 *
 * @param kubernetes the cluster
 * @param namespace the release's namespace
 * @param roots objects of the release
 */
export async function objectsBehind(
  kubernetes: Kubernetes,
  namespace: string,
  roots: readonly Wrong[],
): Promise<Behind[]> {
  const lists = collections.map(async ([apiVersion, kind, plural]) => {
    const path = `/${apiVersion === "v1" ? "api" : "apis"}/${apiVersion}/namespaces/${namespace}/${plural}`
    const found = (await kubernetes.list(path).catch(forbidden)) ?? []
    return found.map((object) => ({ ...object, apiVersion, kind }))
  })
  const all = (await Promise.all(lists)).flat()
  const between = new Map(all.map((object) => [`${object.kind} ${object.metadata.name}`, object]))

  const root = (title: string, uid?: string, owners: Owner[] = []): string | undefined => {
    if (roots.some((one) => one.title === title && isSame(one.uid, uid))) return title
    for (const owner of owners) {
      const above = `${owner.kind} ${owner.name}`
      const found = root(above, owner.uid, between.get(above)?.metadata.ownerReferences)
      if (found) return found
    }
    return undefined
  }
  const owned = all.flatMap((object): Behind[] => {
    const { name, uid, ownerReferences } = object.metadata
    const title = root(`${object.kind} ${name}`, uid, ownerReferences)
    return title ? [{ title, object }] : []
  })
  const claims = owned.flatMap(({ title, object }) =>
    claimsOf(object).flatMap((name): Behind[] => {
      const claim = between.get(`PersistentVolumeClaim ${name}`)
      return claim && !owned.some((one) => one.object === claim) ? [{ title, object: claim }] : []
    }),
  )
  return [...owned, ...claims]
}

type Owner = NonNullable<KubernetesObject["metadata"]["ownerReferences"]>[number]

/** A hook of one name is made anew each time: what belongs to an earlier one may still be there. */
const isSame = (one?: string, other?: string) => !one || !other || one === other

const claimsOf = (object: KubernetesObject): string[] =>
  object.kind === "Pod"
    ? ((object as WaitingPod).spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
        claim ? [claim.claimName] : [],
      )
    : []
