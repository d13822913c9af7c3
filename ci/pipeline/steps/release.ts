// A release: namespace and Secrets first, then Helm with the chart and the images by their digests.
import { chartName, digest, lastOf, type Release, type Revision, resolveAll } from "../model/index.js"
import { content, history } from "../tools/helm-records.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import type { Deployment } from "./deployment.js"
import { diagnose } from "./diagnosis.js"
import { namespaceObject } from "./namespace.js"
import { type Wrong, wrongObjects } from "./release-objects.js"
import { type Installed, markGood, repair } from "./release-repair.js"
import { type Stale, staleSecrets, writeSecrets } from "./release-secrets.js"
import { Watch } from "./release-watch.js"
import type { Step } from "./step.js"

/** The label of Helm's record that holds the digest of all that the release was made of. */
const madeLabel = "wallet-world.made"

interface Found {
  made: string
  /** The last revision, where there is one. */
  last?: Revision
  /** Objects that are not there, not as applied, or not ready. */
  wrong: Wrong[]
  /** Secrets that are not there, or have a new value. */
  stale: Stale[]
  /** What had to be repaired before Helm could work. */
  repaired?: string[]
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
  const installed = async (): Promise<Installed> => {
    const [helm, kubernetes] = await Promise.all([deployment.helm(), deployment.kubernetes()])
    return { helm, kubernetes, namespace, name, timeout }
  }

  return {
    id,
    async inspect() {
      const made = digest(resolved()).replace("sha256:", "").slice(0, 40)
      const kubernetes = await deployment.kubernetes()
      const last = lastOf(await history(kubernetes, namespace, name))
      if (last?.status !== "deployed") return { made, last, wrong: [], stale: [] }
      const { manifest } = await content(kubernetes, namespace, name, last.revision)
      const [wrong, stale] = await Promise.all([
        wrongObjects(kubernetes, namespace, manifest),
        staleSecrets(namespace, resolved().secrets, deployment),
      ])
      return { made, last, wrong, stale }
    },
    plan({ made, last, wrong, stale }) {
      if (!last || last.status === "uninstalled") return { action: "create", why: "not installed" }
      if (last.status !== "deployed") return { action: "update", why: `the last revision is ${last.status}` }
      const reasons = [
        ...(last.labels[madeLabel] === made ? [] : ["chart, images or values changed"]),
        ...stale.map(({ why }) => why),
        ...wrong.map(({ title, why }) => `${title}: ${why}`),
      ]
      if (reasons.length > 0) return { action: "update", why: reasons.join("; ") }
      return { action: "unchanged", why: "chart, images, values and secrets; every object as applied and ready" }
    },
    async apply({ made }) {
      const { chart, values, secrets } = resolved()
      const [there, { host }] = await Promise.all([installed(), deployment.registry()])
      const { helm, kubernetes } = there
      const say = (line: string) => console.log(`${id}: ${line}`)
      // A tenant's namespace is made by whoever runs the cluster.
      if (!environment.tenant) await kubernetes.apply(namespaceObject(namespace) as KubernetesObject)
      const repaired = await repair(there)
      for (const line of repaired) say(line)
      const before = await markGood(there)
      const stale = await staleSecrets(namespace, secrets, deployment)
      for (const workload of await writeSecrets(namespace, secrets, stale, deployment))
        say(`restarts ${workload}, because a Secret of it has changed`)

      const reference = `oci://${host}/${environment.chartRepository}/${chartName(release.chart)}@${chart}`
      const watch = new Watch(kubernetes, namespace, name, say)
      const labels = { [madeLabel]: made }
      try {
        await watch.during(helm.upgrade({ name, namespace, chart: reference, values, labels, timeout }))
      } catch (error) {
        throw new Error([(error as Error).message, ...repaired, ...(await aftermath(there, watch, before))].join("\n"))
      }
      return { made, last: await markGood(there), wrong: [], stale: [], repaired }
    },
    outputs: ({ made, last, repaired }) => ({
      version: `revision ${last?.revision ?? 0}`,
      values: { made },
      note: repaired?.join("\n"),
    }),
    async destroy() {
      const { helm } = await installed()
      await helm.uninstall(name, namespace, timeout)
      const kubectl = await deployment.kubectl()
      if (!environment.tenant)
        await kubectl.run("delete", "namespace", namespace, "--ignore-not-found", `--timeout=${timeout}s`)
    },
  }
}

/**
 * What is to be said below Helm's own error: why, as far as it can be seen, and what was done about it. Never throws: what it
 * cannot do is one more thing to say.
 *
 * @param there the release
 * @param watch who watched it
 * @param before the last revision before the upgrade
 */
async function aftermath(there: Installed, watch: Watch, before?: Revision): Promise<string[]> {
  const { kubernetes, namespace, name } = there
  const said: string[] = []
  try {
    const last = lastOf(await history(kubernetes, namespace, name))
    if (!last) return ["Helm made no revision: nothing was installed"]
    if (last.revision === before?.revision)
      return [`Helm made no revision: revision ${last.revision} was left as it is`]
    said.push(await diagnose(kubernetes, namespace, name, last.revision, watch.hooks))
    said.push(...(await repair(there)))
  } catch (error) {
    said.push((error as Error).message)
  }
  return said
}
