// Whose namespaces and releases in the cluster are: nothing that is somebody else's is taken over.
import {
  type FoundRelease,
  installer,
  isOwn,
  namespaceRefusal,
  type Owner,
  ownerLabel,
  ownerOf,
  podSecurityLabels,
  type Release,
  releaseRefusal,
} from "../model/index.js"
import type { Kubernetes, KubernetesObject } from "../tools/kubernetes.js"
import type { Deployment } from "./deployment.js"

/**
 * Refuses to install where something of somebody else would be taken over.
 *
 * @param deployment the deployment
 * @param owner who would install it
 * @param release what the files say of it
 * @param name the release's name; not given where only the namespace is made ready
 * @returns why it must be installed anew, so that it says whose it is and its namespace is as the files say; undefined when
 *   that is so, or nothing is there
 * @throws with who owns what is there, and what to do
 */
export async function assertOwn(
  deployment: Deployment,
  owner: Owner,
  { namespace, podSecurity }: Pick<Release, "namespace" | "podSecurity">,
  name?: string,
): Promise<string | undefined> {
  const kubernetes = await deployment.kubernetes()
  const [space, [found]] = await Promise.all([
    // Whoever hands a namespace to a tenant has made sure that it is his.
    owner.tenant ? undefined : lookAt(kubernetes, owner, namespace),
    name ? releasesIn(kubernetes, namespace, `name=${name}`) : [],
  ])
  const refused = space?.refusal ?? releaseRefusal(owner, found)
  if (refused) throw new Error(refused)
  if (found && !isOwn(owner, found)) return `taken over: it is ${installer(found)}`
  const unsaid = (space?.labels && !ownerOf(space.labels)) || (found && !ownerOf(found.labels))
  if (unsaid) return `does not say yet that it is this ${owner.scope}'s`
  const { labels } = space ?? {}
  const wrong =
    labels && Object.entries(podSecurityLabels(podSecurity)).find(([label, level]) => labels[label] !== level)
  return wrong && `namespace ${namespace}: ${wrong[0]} is ${labels[wrong[0]] ?? "not set"} in place of ${wrong[1]}`
}

/**
 * Whether an owner may delete a namespace, with all that is in it.
 *
 * @param name the namespace
 */
export async function isOwnNamespace(deployment: Deployment, owner: Owner, name: string): Promise<boolean> {
  if (owner.tenant) return false
  const { labels, refusal } = await lookAt(await deployment.kubernetes(), owner, name)
  return labels !== undefined && refusal === undefined
}

async function lookAt(
  kubernetes: Kubernetes,
  owner: Owner,
  name: string,
): Promise<{ labels?: Record<string, string>; refusal?: string }> {
  const labels = await labelsOf(kubernetes, name)
  if (!labels || ownerOf(labels))
    return { labels, refusal: namespaceRefusal(owner, { name, labels }, { releases: [], objects: [] }) }
  const [releases, objects] = await Promise.all([releasesIn(kubernetes, name), objectsIn(kubernetes, name)])
  // Another release of this owner may have made it its own in the meantime.
  const now = await labelsOf(kubernetes, name)
  return { labels: now, refusal: namespaceRefusal(owner, { name, labels: now }, { releases, objects }) }
}

/** The labels of a namespace; undefined where it is not there. */
async function labelsOf(kubernetes: Kubernetes, name: string): Promise<Record<string, string> | undefined> {
  const found = await kubernetes.get<KubernetesObject>(`/api/v1/namespaces/${name}`)
  return found && (found.metadata.labels ?? {})
}

/**
 * Helm's releases, each with the labels of its newest revision.
 *
 * @param namespace where; "" for everywhere
 * @param selectors which labels their records must have
 */
export async function releasesIn(
  kubernetes: Kubernetes,
  namespace: string,
  ...selectors: string[]
): Promise<FoundRelease[]> {
  const path = namespace ? `/api/v1/namespaces/${namespace}/secrets` : "/api/v1/secrets"
  const records = await kubernetes.list<KubernetesObject>(path, { labelSelector: ["owner=helm", ...selectors].join() })
  const newest = new Map<string, { revision: number; release: FoundRelease }>()
  for (const { metadata } of records) {
    const { name = "", version, ...labels } = metadata.labels ?? {}
    const release = { namespace: metadata.namespace ?? namespace, name, labels }
    const key = `${release.namespace}/${name}`
    if (Number(version) > (newest.get(key)?.revision ?? -1)) newest.set(key, { revision: Number(version), release })
  }
  return [...newest.values()].map(({ release }) => release)
}

/** What a namespace holds that Kubernetes has not put there itself, as kind/name. */
async function objectsIn(kubernetes: Kubernetes, namespace: string): Promise<string[]> {
  const own = `/api/v1/namespaces/${namespace}`
  const apps = `/apis/apps/v1/namespaces/${namespace}`
  const paths = [
    ...["pods", "services", "secrets", "configmaps", "persistentvolumeclaims", "serviceaccounts"].map(
      (kind) => `${own}/${kind}`,
    ),
    ...["deployments", "statefulsets", "daemonsets"].map((kind) => `${apps}/${kind}`),
    `/apis/batch/v1/namespaces/${namespace}/jobs`,
    `/apis/batch/v1/namespaces/${namespace}/cronjobs`,
    `/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses`,
  ]
  const lists = await Promise.all(paths.map((path) => kubernetes.list<KubernetesObject>(path)))
  const kinds = paths.map((path) => path.slice(path.lastIndexOf("/") + 1))
  return lists
    .flatMap((list, index) => list.map(({ metadata }) => `${kinds[index]}/${metadata.name}`))
    .filter((object) => !["configmaps/kube-root-ca.crt", "serviceaccounts/default"].includes(object))
}

/** What others have installed in the deployed stage's namespaces; nothing for a tenant, whose namespaces are not his own. */
export async function foreignReleases(deployment: Deployment): Promise<FoundRelease[]> {
  const { stage } = deployment
  if (stage.tenant || !deployment.hasCluster()) return []
  const kubernetes = await deployment.kubernetes()
  const labelSelector = `${ownerLabel(stage)}=${stage.name}`
  const spaces = await kubernetes.list<KubernetesObject>("/api/v1/namespaces", { labelSelector })
  const lists = await Promise.all(spaces.map(({ metadata }) => releasesIn(kubernetes, metadata.name)))
  return lists.flat().filter((release) => !isOwn(stage, release))
}
