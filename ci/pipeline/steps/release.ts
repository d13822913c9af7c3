// A release: namespace and Secrets first, then Helm with the chart and the images by their digests.
import { chartName, digest, MADE_LABEL, ownerLabels, type Release, resolveAll, TENANT_LABEL } from "../model/index.js"
import type { Helm, ReleaseRecord } from "../tools/helm.js"
import type { Kubectl } from "../tools/kubectl.js"
import type { Deployment } from "./deployment.js"
import { diagnose } from "./diagnosis.js"
import { namespaceObject, secretObjects } from "./namespace.js"
import { assertOwn } from "./ownership.js"
import { destroyRelease, removeSecrets } from "./removal.js"
import type { Step } from "./step.js"

interface Found {
  made: string
  record?: ReleaseRecord
  /** Workloads that are not as they should be. */
  unready: string[]
  /** Why it does not say that it is this environment's. */
  unclaimed?: string
}

/**
 * The step that installs one release.
 *
 * @param id the step's name in the graph
 * @param name the release's name
 * @param release what the environment says of it
 * @param deployment the deployment that it belongs to
 */
export function releaseStep(id: string, name: string, release: Release, deployment: Deployment): Step<Found> {
  const { environment } = deployment
  const { namespace, timeout } = release
  const resolved = () => ({
    chart: String(deployment.yielded("chart")[chartName(release.chart)].values.digest),
    values: resolveAll(environment, ["releases", name, "values"], deployment.lookup()),
    secrets: resolveAll(environment, ["releases", name, "secrets"], deployment.lookup()) as Release["secrets"],
  })

  // Helm keeps labels that it is not told: "null" takes away the one of a tenant that had the release before.
  const labels = (made: string, record?: ReleaseRecord) => ({
    ...(record?.labels[TENANT_LABEL] && { [TENANT_LABEL]: "null" }),
    ...ownerLabels(environment),
    [MADE_LABEL]: made,
  })

  return {
    id,
    async inspect() {
      const made = digest(resolved()).replace("sha256:", "").slice(0, 40)
      const [helm, kubectl] = await Promise.all([deployment.helm(), deployment.kubectl()])
      const [records, unready, unclaimed] = await Promise.all([
        helm.releases(namespace),
        unreadyWorkloads(kubectl, namespace, name),
        assertOwn(deployment, namespace, name),
      ])
      return { made, record: records.get(name), unready, unclaimed }
    },
    plan({ made, record, unready, unclaimed }) {
      if (!record) return { action: "create", why: "not installed" }
      if (unclaimed) return { action: "update", why: unclaimed }
      if (record.status !== "deployed") return { action: "update", why: `the last revision is ${record.status}` }
      if (record.labels[MADE_LABEL] !== made) return { action: "update", why: "chart, images or values changed" }
      if (unready.length > 0) return { action: "update", why: `not ready: ${unready.join(", ")}` }
      return { action: "unchanged", why: "chart, images and values; everything ready" }
    },
    async apply({ made, record }) {
      const { chart, values, secrets } = resolved()
      const [helm, kubectl, { host }] = await Promise.all([
        deployment.helm(),
        deployment.kubectl(),
        deployment.registry(),
      ])
      // A tenant's namespace is made by whoever runs the cluster.
      const space = environment.tenant ? [] : [namespaceObject(namespace, environment)]
      await kubectl.apply(...space, ...(await secretObjects(namespace, name, secrets, deployment)))
      await unlock(helm, namespace, record)
      try {
        const reference = `oci://${host}/${environment.chartRepository}/${chartName(release.chart)}@${chart}`
        await helm.upgrade({ name, namespace, chart: reference, values, labels: labels(made, record), timeout })
      } catch (error) {
        const found = await diagnose(kubectl, namespace, name)
        await withdraw(helm, name, namespace, timeout, record)
        throw new Error(`${(error as Error).message}\n${found}`)
      }
      await removeSecrets(deployment, namespace, name, Object.keys(secrets))
      const records = await helm.releases(namespace)
      return { made, record: records.get(name), unready: [] }
    },
    outputs: ({ made, record }) => ({ version: `revision ${record?.revision ?? 0}`, values: { made } }),
    destroy: () => destroyRelease(deployment, namespace, name, timeout),
  }
}

/** A run that was killed leaves a revision pending, and Helm refuses to touch it: go back to what was before. */
async function unlock(helm: Helm, namespace: string, record?: ReleaseRecord): Promise<void> {
  if (!record?.status.startsWith("pending")) return
  if (record.revision > 1) await helm.rollback(record.name, namespace)
  else await helm.uninstall(record.name, namespace, 120)
}

/** A release that failed leaves nothing half done: the revision before it, or nothing. */
async function withdraw(helm: Helm, name: string, namespace: string, timeout: number, before?: ReleaseRecord) {
  if (before?.status === "deployed") await helm.rollback(name, namespace)
  else await helm.uninstall(name, namespace, timeout)
}

interface Workload {
  kind: string
  metadata: { name: string }
  spec: { replicas?: number }
  status?: { readyReplicas?: number }
}

async function unreadyWorkloads(kubectl: Kubectl, namespace: string, release: string): Promise<string[]> {
  const selector = `app.kubernetes.io/instance=${release}`
  const workloads = await kubectl.list<Workload>("deployments,statefulsets", "-n", namespace, "-l", selector)
  return workloads
    .filter(({ spec, status }) => (status?.readyReplicas ?? 0) < (spec.replicas ?? 1))
    .map(({ kind, metadata }) => `${kind} ${metadata.name}`)
}
