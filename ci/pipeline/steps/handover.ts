// Where two repositories meet: one makes ready what the other, a tenant with narrower credentials, installs into.
import {
  digest,
  type HandoverStep,
  type Json,
  type Release,
  releasesPath,
  resolveAll,
  sharedKey,
  sharedOutputs,
  tenantPrefix,
} from "../model/index.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import { Documents } from "../tools/s3.js"
import type { Deployment } from "./deployment.js"
import { namespaceObject } from "./namespace.js"
import { assertOwn } from "./ownership.js"
import { staleSecrets, writeSecrets } from "./release-secrets.js"
import { destroyRelease, removeSecrets } from "./removal.js"
import type { Work } from "./work.js"

/** What a tenant is told about an environment. */
interface Told {
  /** Digest of the outputs, and of the names and sources of the Secrets. */
  made: string
  outputs: Record<string, Json>
}

interface Found {
  made: string
  shared?: Told
  /** Namespace and Secrets that are not as they should be. */
  wrong: string[]
  /** Why the namespace does not say that it is this environment's. */
  unclaimed?: string
}

/**
 * What makes a tenant's namespace ready and tells the tenant the outputs that it may know.
 *
 * @param id the step's name in the graph
 * @param name the release's name
 * @param of what the environment says of the tenant's release
 * @param deployment the deployment that it belongs to
 */
export function handoverWork(
  id: string,
  name: string,
  { stage, release, tenant }: Pick<HandoverStep, "stage" | "release" | "tenant">,
  deployment: Deployment,
): Work<Found> {
  const { place } = deployment
  const { namespace } = release
  const documents = Documents.in(place, tenantPrefix(tenant))
  const key = sharedKey(stage.name)
  const outputs = () => sharedOutputs(deployment.infrastructure())
  const secrets = () =>
    resolveAll(stage, [...releasesPath(stage.scope), name, "secrets"], deployment.lookup()) as Release["secrets"]
  const make = () => digest({ namespace, outputs: outputs(), secrets: secrets() })

  return {
    id,
    async inspect() {
      const kubernetes = await deployment.kubernetes()
      const [document, unclaimed, space, stale] = await Promise.all([
        documents.read(key),
        assertOwn(deployment, stage, release),
        kubernetes.get(`/api/v1/namespaces/${namespace}`),
        staleSecrets(namespace, name, secrets(), deployment),
      ])
      const wrong = [...(space ? [] : [`namespace ${namespace}: not there`]), ...stale.map(({ why }) => why)]
      return { made: make(), shared: document && JSON.parse(document.text), wrong, unclaimed }
    },
    plan({ made, shared, wrong, unclaimed }) {
      if (!shared) return { action: "create", why: `not ready for ${tenant}` }
      if (wrong.length > 0) return { action: "update", why: wrong.join("; ") }
      if (unclaimed) return { action: "update", why: unclaimed }
      return shared.made === made
        ? { action: "unchanged", why: `ready for ${tenant}` }
        : { action: "update", why: "outputs or Secrets changed" }
    },
    async apply({ made }) {
      const kubernetes = await deployment.kubernetes()
      await kubernetes.apply(namespaceObject(release, stage) as KubernetesObject)
      const stale = await staleSecrets(namespace, name, secrets(), deployment)
      await writeSecrets(stage, namespace, name, secrets(), stale, deployment)
      await removeSecrets(deployment, stage, namespace, name, Object.keys(secrets()))
      const shared: Told = { made, outputs: outputs() }
      await documents.write(key, JSON.stringify(shared))
      return { made, shared, wrong: [] }
    },
    keep: () => ({ version: `handed to ${tenant}` }),
    async destroy() {
      await documents.remove(key)
      return destroyRelease(deployment, stage, namespace, name, release.timeout)
    },
  }
}

/**
 * What a tenant learns with about the infrastructure that it runs on.
 *
 * @param id the step's name in the graph
 * @param tenant the tenant's name
 * @param deployment the tenant's deployment
 */
export function toldWork(id: string, tenant: string, deployment: Deployment): Work<Told> {
  const { name } = deployment.stage
  return {
    id,
    async inspect() {
      const document = await deployment.documents().read(sharedKey(name))
      if (document) return JSON.parse(document.text)
      throw new Error(
        `${name} is not ready for the tenant ${tenant}: whoever runs the cluster must deploy ${name} with \`tenant: ${tenant}\` in its release`,
      )
    },
    plan: () => ({ action: "unchanged", why: "shared by whoever runs the cluster" }),
    apply: async (found) => found,
    keep({ made, outputs }) {
      const version = made.replace("sha256:", "").slice(0, 12)
      deployment.yields.infrastructure.shared = { made: version, outputs }
      return { version }
    },
    destroy: async () => [],
  }
}
