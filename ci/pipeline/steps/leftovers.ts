// What a stage owns though its file no longer names it: planned as deletions, and deleted after all else is done, or
// before what would take its objects over.
import {
  type FoundRelease,
  installer,
  type Leftover,
  type Lock,
  leftovers,
  type Owner,
  ownerLabel,
  type PlannedStep,
  type StepResult,
  sharedKey,
  tenantPrefix,
} from "../model/index.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import { Documents } from "../tools/s3.js"
import type { Deployment } from "./deployment.js"
import { releasesIn } from "./ownership.js"
import { lastLock } from "./record.js"
import { liveObjects, objectsOf, releaseOf } from "./release-objects.js"
import { patience, uninstall } from "./release-uninstall.js"
import { removeNamespace, removeRelease } from "./removal.js"
import { deleted, timed } from "./timed.js"

/**
 * What the deployed stage owns and its file no longer names. What is in the cluster decides: a run that was killed has
 * labelled all that it made.
 *
 * @param deployment a deployment whose infrastructure is known; without a cluster there is nothing
 */
export async function findLeftovers(deployment: Deployment): Promise<Leftover[]> {
  const { stage } = deployment
  if (!deployment.hasCluster()) return []
  const kubernetes = await deployment.kubernetes()
  if (stage.tenant) {
    const lists = await Promise.all((await tenantNamespaces(deployment)).map((name) => releasesIn(kubernetes, name)))
    return leftovers(stage, { namespaces: [], releases: lists.flat(), tenants: [] })
  }
  const label = ownerLabel(stage)
  const labelSelector = `${label}=${stage.name}`
  const [spaces, labelled, tenants] = await Promise.all([
    kubernetes.list<KubernetesObject>("/api/v1/namespaces", { labelSelector }),
    releasesIn(kubernetes, "", labelSelector),
    informedTenants(deployment),
  ])
  const namespaces = spaces.map(({ metadata }) => metadata.name)
  const named = new Set(Object.values(stage.releases).map(({ namespace }) => namespace))
  const unnamed = namespaces.filter((name) => !named.has(name))
  const others = await Promise.all(unnamed.map((name) => releasesIn(kubernetes, name, `!${label}`)))
  return leftovers(stage, { namespaces, releases: [...labelled, ...others.flat()], tenants })
}

/** The namespaces that a tenant's releases are in, or were in when its last deployment finished: it cannot see others. */
async function tenantNamespaces(deployment: Deployment): Promise<string[]> {
  const text = await lastLock(deployment)
  const before = text ? Object.values((JSON.parse(text) as Lock).releases) : []
  return [...new Set([...Object.values(deployment.stage.releases), ...before].map(({ namespace }) => namespace))]
}

/** The tenants for which there is a document of what they are told. */
async function informedTenants({ stage, place }: Deployment): Promise<string[]> {
  if (stage.scope !== "environment") return []
  const known = Object.keys(stage.tenants)
  const key = sharedKey(stage.name)
  const etags = await Promise.all(known.map((tenant) => Documents.in(place, tenantPrefix(tenant)).etag(key)))
  return known.filter((_, index) => etags[index] !== undefined)
}

/** A leftover release, and what it owns of what another one is about to bring. */
export interface InTheWay {
  readonly namespace: string
  readonly name: string
  /** Such as "ClusterRole reader". */
  readonly owns: readonly string[]
}

/**
 * The leftover releases of the deployed stage that own objects which a release is about to bring. Helm takes no object over from another release:
 * they must go before it is installed, not after.
 *
 * @param deployment the deployment
 * @param namespace the namespace of the release
 * @param render renders what it is about to bring; called only where there are leftovers
 */
export async function inTheWay(
  deployment: Deployment,
  namespace: string,
  render: () => Promise<string>,
): Promise<InTheWay[]> {
  const gone = (await findLeftovers(deployment)).filter(({ kind }) => kind === "release")
  if (gone.length === 0) return []
  const kubernetes = await deployment.kubernetes()
  // What Helm cannot render, it cannot install either, and it says so itself.
  const manifest = await render().catch(() => "")
  const there = await liveObjects(kubernetes, namespace, objectsOf(manifest))
  return gone
    .map(({ namespace = "", name }) => {
      const own = there.filter(({ live }) => releaseOf(live) === `${namespace}/${name}`)
      return { namespace, name, owns: own.map(({ title }) => title) }
    })
    .filter(({ owns }) => owns.length > 0)
}

/** Leftovers as rows of a plan. */
export const planLeftovers = (found: readonly Leftover[], { scope }: Owner): PlannedStep[] =>
  found.map(({ step, kept }) =>
    kept
      ? { step, action: "unchanged", summary: `kept: ${kept}` }
      : { step, action: "delete", summary: `the ${scope}'s file no longer names it` },
  )

/**
 * Deletes leftovers, one after the other. A failure ends it: a namespace goes after the releases in it.
 *
 * @param found what was found
 * @param deployment the deployment
 * @returns what happened to each
 */
export async function removeLeftovers(found: readonly Leftover[], deployment: Deployment): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const leftover of found) {
    const { step, kept } = leftover
    const result: StepResult = kept
      ? { step, outcome: "unchanged", note: `kept: ${kept}` }
      : await timed({ id: step }, async (now) => {
          now("delete")
          await deployment.mayChange()
          return deleted(await remove(leftover, deployment))
        })
    results.push(result)
    if (result.outcome === "failed") break
  }
  return results
}

async function remove({ kind, name, namespace = "" }: Leftover, deployment: Deployment): Promise<string[]> {
  if (kind === "release") return removeRelease(deployment, deployment.stage, namespace, name)
  if (kind === "namespace") await removeNamespace(deployment, name)
  else await Documents.in(deployment.place, tenantPrefix(name)).remove(sharedKey(deployment.stage.name))
  return []
}

/**
 * Uninstalls what others have installed in the deployed stage's namespaces.
 *
 * @param found what was found
 * @param deployment the deployment
 * @returns what happened to each, up to the one that failed
 */
export async function removeForeign(found: readonly FoundRelease[], deployment: Deployment): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const release of found) {
    const { namespace, name } = release
    const result = await timed({ id: `release:${namespace}/${name}` }, async (now) => {
      now("delete")
      await deployment.mayChange()
      const [helm, kubernetes] = await Promise.all([deployment.helm(), deployment.kubernetes()])
      const notes = await uninstall({ helm, kubernetes, namespace, name, timeout: patience })
      return { ...deleted(notes), identity: `was ${installer(release)}` }
    })
    results.push(result)
    if (result.outcome === "failed") break
  }
  return results
}
