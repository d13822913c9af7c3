// Takes away what is a stage's own in the cluster: releases, the Secrets that were written for them, namespaces.
import { isOf, type Owner, ownerLabels } from "../model/index.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import type { Deployment } from "./deployment.js"
import { isOwnNamespace, releasesIn } from "./ownership.js"
import { patience, uninstall } from "./release-uninstall.js"

/** The label of the Secrets that are written before a release: which one they are for. */
export const releaseLabel = "wallet-world.release"

/** The labels of a release's Secrets. */
export const secretLabels = (owner: Owner, release: string): Record<string, string> => ({
  ...ownerLabels(owner),
  [releaseLabel]: release,
})

/**
 * Takes a release away, and its namespace with it, where that is its owner's and no other release is in it.
 *
 * @param timeout the release's own; nothing must be gone earlier than after {@link patience}
 * @returns what else had to be done
 */
export async function destroyRelease(
  deployment: Deployment,
  owner: Owner,
  namespace: string,
  name: string,
  timeout: number,
): Promise<string[]> {
  const own = await isOwnNamespace(deployment, owner, namespace)
  const notes = await removeRelease(deployment, owner, namespace, name, timeout)
  try {
    if (own) await removeNamespace(deployment, namespace, timeout)
    return notes
  } catch (error) {
    throw new Error([(error as Error).message, ...notes].join("\n"))
  }
}

/**
 * Uninstalls a release of an owner, and deletes the Secrets that were written for it. One that is not there, or is
 * another owner's, is no error.
 *
 * @param timeout the release's own, where it is known
 * @returns what else had to be done
 */
export async function removeRelease(
  deployment: Deployment,
  owner: Owner,
  namespace: string,
  name: string,
  timeout = patience,
): Promise<string[]> {
  const kubernetes = await deployment.kubernetes()
  const [found] = await releasesIn(kubernetes, namespace, `name=${name}`)
  const owns = found && isOf(owner, found)
  const notes = owns ? await uninstall({ helm: await deployment.helm(), kubernetes, namespace, name, timeout }) : []
  await removeSecrets(deployment, owner, namespace, name, [])
  return notes
}

/**
 * Deletes the Secrets that were written for a release and are no longer named.
 *
 * @param keep the names of those that are
 */
export async function removeSecrets(
  deployment: Deployment,
  owner: Owner,
  namespace: string,
  release: string,
  keep: readonly string[],
): Promise<void> {
  const kubernetes = await deployment.kubernetes()
  const labels = Object.entries(secretLabels(owner, release)).map(([key, value]) => `${key}=${value}`)
  const path = `/api/v1/namespaces/${namespace}/secrets`
  const found = await kubernetes.list<KubernetesObject>(path, { labelSelector: labels.join() })
  const old = found.map(({ metadata }) => metadata.name).filter((name) => !keep.includes(name))
  await Promise.all(old.map((name) => kubernetes.remove(`${path}/${name}`)))
}

/**
 * Deletes a namespace with all that is in it, unless a release is left there.
 *
 * @param name a namespace that is the owner's
 * @param timeout that of a release in it, where it is known
 */
export async function removeNamespace(deployment: Deployment, name: string, timeout = patience): Promise<void> {
  const kubernetes = await deployment.kubernetes()
  const path = `/api/v1/namespaces/${name}`
  if ((await releasesIn(kubernetes, name)).length > 0) return
  await kubernetes.remove(path)
  const seconds = Math.max(timeout, patience)
  const deadline = Date.now() + seconds * 1000
  for (;;) {
    const found = await kubernetes.get<KubernetesObject & { status?: { conditions?: { message: string }[] } }>(path)
    if (!found) return
    if (Date.now() > deadline) {
      const why = found.status?.conditions?.map(({ message }) => message).join("; ") ?? ""
      throw new Error(`namespace ${name} is still being deleted after ${seconds} s: ${why}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
}
