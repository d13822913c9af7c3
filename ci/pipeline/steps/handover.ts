// Where two repositories meet: one makes ready what the other, a tenant with narrower credentials, installs into.
import { digest, type Json, type Release, resolveAll, sharedKey, sharedOutputs, tenantPrefix } from "../model/index.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import { Documents } from "../tools/s3.js"
import type { Deployment } from "./deployment.js"
import { namespaceObject } from "./namespace.js"
import { assertOwn } from "./ownership.js"
import { staleSecrets, writeSecrets } from "./release-secrets.js"
import { destroyRelease, removeSecrets } from "./removal.js"
import type { Step } from "./step.js"

/** What a tenant is told about an environment. */
interface Shared {
  /** Digest of the outputs, and of the names and sources of the Secrets. */
  made: string
  outputs: Record<string, Json>
}

interface Found {
  made: string
  shared?: Shared
  /** Namespace and Secrets that are not as they should be. */
  wrong: string[]
  /** Why the namespace does not say that it is this environment's. */
  unclaimed?: string
}

/**
 * The step that makes a tenant's namespace ready and tells the tenant the outputs that it may know.
 *
 * @param id the step's name in the graph
 * @param release what the environment says of the tenant's release
 * @param tenant the tenant's name
 * @param deployment the deployment that it belongs to
 */
export function handoverStep(id: string, release: Release, tenant: string, deployment: Deployment): Step<Found> {
  const { environment, place } = deployment
  const { namespace } = release
  const name = id.slice(id.indexOf(":") + 1)
  const documents = Documents.in(place, tenantPrefix(tenant))
  const key = sharedKey(environment.name)
  const outputs = () => sharedOutputs(deployment.infrastructure())
  const secrets = () =>
    resolveAll(environment, ["releases", name, "secrets"], deployment.lookup()) as Release["secrets"]
  const make = () => digest({ namespace, outputs: outputs(), secrets: secrets() })

  return {
    id,
    async inspect() {
      const kubernetes = await deployment.kubernetes()
      const [document, unclaimed, space, stale] = await Promise.all([
        documents.read(key),
        assertOwn(deployment, namespace),
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
      await kubernetes.apply(namespaceObject(namespace, environment) as KubernetesObject)
      const stale = await staleSecrets(namespace, name, secrets(), deployment)
      await writeSecrets(namespace, name, secrets(), stale, deployment)
      await removeSecrets(deployment, namespace, name, Object.keys(secrets()))
      const shared: Shared = { made, outputs: outputs() }
      await documents.write(key, JSON.stringify(shared))
      return { made, shared, wrong: [] }
    },
    outputs: ({ made }) => ({ version: `handed to ${tenant}`, values: { made } }),
    async destroy() {
      await documents.remove(key)
      return destroyRelease(deployment, namespace, name, release.timeout)
    },
  }
}

/**
 * The step with which a tenant learns about the infrastructure that it runs on.
 *
 * @param id the step's name in the graph
 * @param tenant the tenant's name
 * @param deployment the tenant's deployment
 */
export function sharedStep(id: string, tenant: string, deployment: Deployment): Step<Shared> {
  const { name } = deployment.environment
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
    outputs: ({ made, outputs }) => ({ version: made.replace("sha256:", "").slice(0, 12), values: outputs }),
    destroy: async () => [],
  }
}
