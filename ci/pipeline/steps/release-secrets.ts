// The Secrets of a release: written when what they are made of has changed, and then the pods that use them are restarted.
import { digest, type Owner, type Release } from "../model/index.js"
import { fieldManager, type Kubernetes, type KubernetesObject } from "../tools/kubernetes.js"
import { secretVersion } from "../tools/secrets-manager.js"
import type { Deployment } from "./deployment.js"
import { secretObjects } from "./namespace.js"
import { releaseLabel } from "./removal.js"

/**
 * The annotation of a Secret that says what it was made of: a digest of ARNs and versions, from which nobody can tell a value.
 * It is empty while the pods that use the Secret have yet to be restarted.
 */
const sourceAnnotation = "wallet-world/source"

/** The annotation of a workload's pods that changes when a Secret of theirs has changed. */
const restartAnnotation = "wallet-world/secrets"

interface Secret extends KubernetesObject {
  data?: Record<string, string>
}

/** A Secret that is not as it should be. */
export interface Stale {
  name: string
  /** The digest of what it has to be made of. */
  source: string
  /** What is wrong, for people. */
  why: string
  /** Whether only its owner is wrong: then no pod has to be restarted. */
  moved?: boolean
}

const path = (namespace: string, name: string) => `/api/v1/namespaces/${namespace}/secrets/${name}`

/**
 * The Secrets of a release that are not as they should be. No value is read, neither from AWS nor for comparing.
 *
 * @param namespace where they are
 * @param release the release's name: a Secret that says it is another one's would be deleted with that
 * @param secrets what the environment says of them, references filled in
 * @param deployment the deployment, whose credentials ask for the versions
 */
export async function staleSecrets(
  namespace: string,
  release: string,
  secrets: Release["secrets"],
  deployment: Deployment,
): Promise<Stale[]> {
  const kubernetes = await deployment.kubernetes()
  const looked = Object.entries(secrets).map(async ([name, keys]) => {
    const [{ source, gone }, live] = await Promise.all([
      sourceOf(keys, deployment),
      kubernetes.get<Secret>(path(namespace, name)),
    ])
    const lost = gone.length > 0 ? `Secrets Manager has no value of ${gone.sort().join(", ")}` : undefined
    const why = lost ?? problem(live, source, Object.keys(keys))
    if (why) return [{ name, source, why: `Secret ${name}: ${why}` }]
    const owner = live?.metadata.labels?.[releaseLabel]
    const whose = owner ? `belongs to release ${owner}` : "does not say whose it is"
    return owner === release ? [] : [{ name, source, why: `Secret ${name}: ${whose}`, moved: true }]
  })
  return (await Promise.all(looked)).flat()
}

function problem(live: Secret | undefined, source: string, keys: string[]): string | undefined {
  if (!live) return "not there"
  if (live.metadata.annotations?.[sourceAnnotation] !== source) return "a new value"
  const owned = ownFields(live)
  const others = keys.filter((key) => !owned.includes(`f:${key}`) || live.data?.[key] === undefined)
  return others.length > 0 ? `changed by somebody else (${others.join(", ")})` : undefined
}

/** The keys whose values are still those that the module has written: whoever changes one becomes its owner. */
function ownFields({ metadata }: Secret): string[] {
  const entries = (metadata.managedFields ?? []) as {
    manager?: string
    operation?: string
    fieldsV1?: { "f:data"?: object }
  }[]
  const own = entries.filter(({ manager, operation }) => manager === fieldManager && operation === "Apply")
  return own.flatMap(({ fieldsV1 }) => Object.keys(fieldsV1?.["f:data"] ?? {}))
}

async function sourceOf(
  keys: Release["secrets"][string],
  { place }: Deployment,
): Promise<{ source: string; gone: string[] }> {
  const gone: string[] = []
  const sources = Object.entries(keys).map(async ([key, from]) => {
    if (!("arn" in from)) return [key, from.value]
    const version = await secretVersion(place, from.arn)
    if (!version) gone.push(from.arn)
    return [key, from.arn, from.field ?? null, version]
  })
  const all = digest(await Promise.all(sources)).replace("sha256:", "")
  return { source: all.slice(0, 40), gone }
}

/**
 * Writes Secrets that are not as they should be, and restarts the pods that use them: a running program does not see a new
 * value. Killed anywhere, it is done again, because the Secrets say so last that they are as they should be.
 *
 * @param owner whose release it is
 * @param namespace where they are; what uses them is there, too
 * @param release the release's name
 * @param secrets what the environment says of all Secrets of the release, references filled in
 * @param stale those that are written
 * @param deployment the deployment, whose credentials read the values
 * @returns the workloads that were restarted
 */
export async function writeSecrets(
  owner: Owner,
  namespace: string,
  release: string,
  secrets: Release["secrets"],
  stale: readonly Stale[],
  deployment: Deployment,
): Promise<string[]> {
  if (stale.length === 0) return []
  const kubernetes = await deployment.kubernetes()
  const chosen = Object.fromEntries(stale.map(({ name }) => [name, secrets[name]]))
  const objects = (await secretObjects(owner, namespace, release, chosen, deployment)) as KubernetesObject[]
  const users = await workloadsUsing(
    kubernetes,
    namespace,
    stale.filter(({ moved }) => !moved),
  )
  if (users.length > 0) {
    await Promise.all(objects.map((object) => kubernetes.apply(madeOf(object, ""))))
    for (const { object, uses } of users) await restart(kubernetes, object, digest(uses.map(({ source }) => source)))
  }
  const sources = new Map(stale.map(({ name, source }) => [name, source]))
  await Promise.all(
    objects.map((object) => kubernetes.apply(madeOf(object, sources.get(object.metadata.name) as string))),
  )
  return users.map(({ object }) => `${object.kind} ${object.metadata.name}`)
}

const madeOf = (object: KubernetesObject, source: string): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, annotations: { [sourceAnnotation]: source } },
})

interface User {
  object: KubernetesObject
  uses: Stale[]
}

async function workloadsUsing(kubernetes: Kubernetes, namespace: string, stale: readonly Stale[]): Promise<User[]> {
  const kinds = { deployments: "Deployment", statefulsets: "StatefulSet", daemonsets: "DaemonSet" }
  const lists = Object.entries(kinds).map(async ([plural, kind]) =>
    (await kubernetes.list(`/apis/apps/v1/namespaces/${namespace}/${plural}`)).map((object) => ({ ...object, kind })),
  )
  return (await Promise.all(lists)).flat().flatMap((object) => {
    const names = secretsOf(object)
    const uses = stale.filter(({ name }) => names.has(name))
    return uses.length > 0 ? [{ object, uses }] : []
  })
}

interface PodSpec {
  containers?: Container[]
  initContainers?: Container[]
  volumes?: { secret?: { secretName?: string }; projected?: { sources?: { secret?: Named }[] } }[]
}

interface Container {
  env?: { valueFrom?: { secretKeyRef?: Named } }[]
  envFrom?: { secretRef?: Named }[]
}

interface Named {
  name?: string
}

/** The names of the Secrets that a workload's pods use, as variables or files. */
function secretsOf(object: KubernetesObject): Set<string | undefined> {
  const spec = (object.spec as { template?: { spec?: PodSpec } } | undefined)?.template?.spec ?? {}
  const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])]
  return new Set([
    ...(spec.volumes ?? []).flatMap(({ secret, projected }) => [
      secret?.secretName,
      ...(projected?.sources ?? []).map((source) => source.secret?.name),
    ]),
    ...containers.flatMap(({ env = [], envFrom = [] }) => [
      ...env.map(({ valueFrom }) => valueFrom?.secretKeyRef?.name),
      ...envFrom.map(({ secretRef }) => secretRef?.name),
    ]),
  ])
}

/** As `kubectl rollout restart` does; the same mark again changes nothing. */
async function restart(
  kubernetes: Kubernetes,
  { kind, metadata: { name, namespace } }: KubernetesObject,
  mark: string,
) {
  const annotations = { [restartAnnotation]: mark.replace("sha256:", "").slice(0, 16) }
  const spec = { template: { metadata: { annotations } } }
  await kubernetes.apply({ apiVersion: "apps/v1", kind, metadata: { name, namespace }, spec })
}
