// The objects of a release's manifest as they are in the cluster: whether each is there, as applied, and ready.
import { parseAllDocuments } from "yaml"
import { changedFields, unready } from "../model/index.js"
import { type Kubernetes, KubernetesError, type KubernetesObject } from "../tools/kubernetes.js"

/** One object of a manifest. */
export interface Named {
  /** Kind and name, such as "Deployment web". */
  title: string
  object: KubernetesObject
  /** The text that Helm applies; the server reads it itself, as it does with Helm's. */
  yaml: string
}

/** An object that is not as it should be. */
export interface Wrong {
  title: string
  /** For example "not there", "not as applied (spec.replicas)", "0 of 2 ready". */
  why: string
  /** Tells it from an earlier object of that name; undefined when it is not there. */
  uid?: string
}

/** Whoever asks what would be changed, and changes nothing. */
const asking = { manager: "wallet-world-plan", dryRun: true }

/** The objects of a manifest, lists taken apart. */
export function objectsOf(manifest: string): Named[] {
  return manifest
    .split(/^---(?=\s)/m)
    .flatMap((yaml) =>
      // However often it repeats an anchor: Helm has applied it, so it is no bomb.
      parseAllDocuments(yaml, { version: "1.1" }).map((document) => ({
        yaml,
        object: document.toJS({ maxAliasCount: -1 }),
      })),
    )
    .filter(({ object }) => object?.kind)
    .flatMap(({ yaml, object }) =>
      Array.isArray(object.items) && object.kind.endsWith("List")
        ? object.items.map((item: KubernetesObject) => ({ object: item, yaml: JSON.stringify(item) }))
        : [{ object, yaml }],
    )
    .map(({ yaml, object }) => ({ yaml, object, title: `${object.kind} ${nameOf(object)}` }))
}

/** What a generated name begins with stands for the whole. */
const nameOf = ({ metadata }: KubernetesObject) => metadata?.name ?? `${metadata?.generateName ?? ""}*`

/**
 * The objects of a manifest that are not as they should be.
 *
 * @param kubernetes the cluster
 * @param namespace the namespace of objects that name none
 * @param manifest the YAML that Helm has applied
 */
export async function wrongObjects(kubernetes: Kubernetes, namespace: string, manifest: string): Promise<Wrong[]> {
  const named = objectsOf(manifest)
  const scaled = await autoscaled(kubernetes, namespace, named)
  const looked = named.map(async (one) => {
    const isScaled = scaled.has(keyOf(one.object, namespace))
    const why = await problem(kubernetes, namespace, one, isScaled).catch(forbidden)
    return why ? [{ title: one.title, why }] : []
  })
  return (await Promise.all(looked)).flat()
}

/** An object of a manifest that is there. */
export interface Live extends Named {
  path: string
  /** As it is in the cluster. */
  live: KubernetesObject
}

/**
 * The objects of a manifest that are there.
 *
 * @param kubernetes the cluster
 * @param namespace the namespace of objects that name none
 * @param named which, as {@link objectsOf} finds them
 * @param failed what becomes of an error; by default it is thrown: what cannot be seen may be there
 */
export async function liveObjects(
  kubernetes: Kubernetes,
  namespace: string,
  named: readonly Named[],
  failed?: (error: unknown) => undefined,
): Promise<Live[]> {
  const looked = named.map(async (one) => {
    const path = await kubernetes.anyPathOf(one.object, namespace)
    const live = path && (await kubernetes.get(path).catch(failed))
    return path && live ? [{ ...one, path, live }] : []
  })
  return (await Promise.all(looked)).flat()
}

/** The objects of a manifest that are there and not ready. */
export async function unreadyObjects(kubernetes: Kubernetes, namespace: string, manifest: string): Promise<Wrong[]> {
  return (await liveObjects(kubernetes, namespace, objectsOf(manifest), forbidden)).flatMap(({ title, live }) => {
    const why = unready(live)
    return why ? [{ title, why, uid: live.metadata.uid }] : []
  })
}

/**
 * The objects of a manifest that Helm cannot address, each with the reason: those without a name, and those of whose kind, in
 * the version that they say, the cluster knows nothing. As long as there is one, Helm can neither upgrade nor roll back nor
 * uninstall the release.
 */
export async function strangeObjects(kubernetes: Kubernetes, namespace: string, manifest: string): Promise<string[]> {
  kubernetes.forgetKinds()
  const looked = objectsOf(manifest).map(async ({ object, title }) =>
    (await kubernetes.pathOf(object, namespace)) ? [] : [`${title}: ${strangeness(object)}`],
  )
  return (await Promise.all(looked)).flat()
}

/** Why an object has no path. */
const strangeness = ({ apiVersion, metadata }: KubernetesObject) =>
  metadata?.name ? `of a kind that the cluster does not know, ${apiVersion}` : "without metadata.name"

/** The release that owns an object, as Helm writes it into the object: namespace/name. */
export const releaseOf = ({ metadata: { annotations = {} } }: KubernetesObject): string =>
  `${annotations["meta.helm.sh/release-namespace"]}/${annotations["meta.helm.sh/release-name"]}`

/** The objects of a manifest that are there, are the release's own and go with it. */
export async function ownObjects(
  kubernetes: Kubernetes,
  namespace: string,
  release: string,
  manifest: string,
): Promise<Live[]> {
  return (await liveObjects(kubernetes, namespace, objectsOf(manifest))).filter(
    ({ object, live }) =>
      object.metadata.annotations?.["helm.sh/resource-policy"] !== "keep" &&
      releaseOf(live) === `${namespace}/${release}`,
  )
}

async function problem(
  kubernetes: Kubernetes,
  namespace: string,
  { object, yaml }: Named,
  isScaled: boolean,
): Promise<string | undefined> {
  const path = await kubernetes.pathOf(object, namespace)
  if (!path) return strangeness(object)
  const live = await kubernetes.get(path)
  if (!live) return endsByItself(object) ? undefined : "not there"
  if (!isScaled && isScaledDown(object, live)) return "scaled to 0"
  const changed = await drift(kubernetes, path, yaml, live)
  const own = changed.filter((field) => !(isScaled && field === "spec.replicas") && !isFilledIn(object, field))
  if (own.length > 0) return `not as applied (${own.join(", ")})`
  return unready(live)
}

/**
 * Whether somebody has scaled a workload to nothing whose chart leaves the number of replicas to Kubernetes, which makes it 1.
 * Other numbers are whoever's it is who set them.
 */
const isScaledDown = ({ kind, spec }: KubernetesObject, live: KubernetesObject) =>
  scalable.includes(String(kind)) &&
  (spec as Scaled | undefined)?.replicas === undefined &&
  (live.spec as Scaled | undefined)?.replicas === 0

interface Scaled {
  replicas?: number
}

/**
 * Scales up what {@link wrongObjects} finds scaled to 0: Helm does not set a field that the chart does not name.
 *
 * @param kubernetes the cluster
 * @param namespace the namespace of objects that name none
 * @param manifest the YAML that Helm has applied
 * @returns the titles of what was scaled
 */
export async function scaleUp(kubernetes: Kubernetes, namespace: string, manifest: string): Promise<string[]> {
  const done: string[] = []
  const named = objectsOf(manifest).filter(({ object }) => scalable.includes(String(object.kind)))
  const scaled = await autoscaled(kubernetes, namespace, named)
  const own = named.filter(({ object }) => !scaled.has(keyOf(object, namespace)))
  for (const { object, title, path, live } of await liveObjects(kubernetes, namespace, own)) {
    if (!isScaledDown(object, live)) continue
    await kubernetes.merge(path, { spec: { replicas: 1 } })
    done.push(title)
  }
  return done
}

/** Whether a manifest has a DaemonSet whose pods are replaced by hand. */
export const hasManualDaemonSet = (manifest: string): boolean =>
  objectsOf(manifest).some(
    ({ object: { kind, spec } }) =>
      kind === "DaemonSet" &&
      (spec as { updateStrategy?: { type?: string } } | undefined)?.updateStrategy?.type === "OnDelete",
  )

/**
 * Whether somebody else is asked to fill a field in, whatever the chart says there: Kubernetes the rules of a ClusterRole that
 * aggregates others, and cert-manager the certificates of webhooks and CRDs.
 *
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#aggregated-clusterroles and
 * https://cert-manager.io/docs/concepts/ca-injector/
 */
const isFilledIn = (object: KubernetesObject, field: string) =>
  ("aggregationRule" in object && /^rules\b/.test(field)) ||
  (/\.caBundle$/.test(field) &&
    Object.keys(object.metadata.annotations ?? {}).some((key) => key.startsWith("cert-manager.io/inject-")))

/** A Job that is deleted some time after it has ended is not missed. */
const endsByItself = ({ kind, spec }: KubernetesObject) =>
  kind === "Job" && (spec as { ttlSecondsAfterFinished?: number } | undefined)?.ttlSecondsAfterFinished !== undefined

/** The fields that applying the manifest again would change. */
async function drift(kubernetes: Kubernetes, path: string, yaml: string, live: KubernetesObject): Promise<string[]> {
  try {
    return changedFields(live, await kubernetes.apply({ path, yaml }, asking))
  } catch (error) {
    if (!(error instanceof KubernetesError)) throw error
    const { status, message, refused } = error
    // Who may only look cannot ask what a change would do; some webhooks cannot be asked either.
    if (status === 403 || (status === 400 && message.includes("dry run"))) return []
    // What the API says of a refusal quotes the object's values.
    if (refusals.includes(status)) return [`${refused} when it is applied again`]
    throw error
  }
}

/** Bad request, conflict, invalid, and what the API cannot read as an object of its kind. */
const refusals = [400, 409, 422, 500]

const scalable = ["Deployment", "StatefulSet", "ReplicaSet"]

/** Which workload is meant: another namespace may have one of the same kind and name. */
const keyOf = ({ kind, metadata }: KubernetesObject, namespace: string) =>
  `${metadata.namespace ?? namespace} ${kind} ${metadata.name}`

/** The workloads that a HorizontalPodAutoscaler scales have the replicas that it says; it scales those of its own namespace. */
async function autoscaled(kubernetes: Kubernetes, namespace: string, named: readonly Named[]): Promise<Set<string>> {
  interface Autoscaler {
    spec: { scaleTargetRef: { kind: string; name: string } }
  }
  const workloads = named.filter(({ object }) => scalable.includes(String(object.kind)))
  const namespaces = [...new Set(workloads.map(({ object }) => object.metadata.namespace ?? namespace))]
  const lists = namespaces.map(async (one) => {
    const path = `/apis/autoscaling/v2/namespaces/${one}/horizontalpodautoscalers`
    const found = (await kubernetes.list<Autoscaler>(path).catch(forbidden)) ?? []
    return found.map(({ spec: { scaleTargetRef: target } }) => `${one} ${target.kind} ${target.name}`)
  })
  return new Set((await Promise.all(lists)).flat())
}

/** What the caller may not look at is not judged. */
export function forbidden(error: unknown): undefined {
  if (error instanceof KubernetesError && error.status === 403) return undefined
  throw error
}
