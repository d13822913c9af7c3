// A release: namespace and Secrets first, then Helm with the chart and the images by their digests.
import {
  chartDirectory,
  chartName,
  digest,
  FOUND_LABEL,
  lastOf,
  MADE_LABEL,
  madeLabel,
  notAsMade,
  ownerLabels,
  type Release,
  type ReleaseStep,
  type Revision,
  releasesPath,
  resolveAll,
  type Stage,
  TENANT_LABEL,
} from "../model/index.js"
import { renderChart } from "../tools/helm-charts.js"
import { content, history } from "../tools/helm-records.js"
import type { KubernetesObject } from "../tools/kubernetes.js"
import { say } from "../tools/say.js"
import type { Deployment } from "./deployment.js"
import { diagnose } from "./diagnosis.js"
import type { Installed } from "./installed.js"
import { type InTheWay, inTheWay } from "./leftovers.js"
import { namespaceObject } from "./namespace.js"
import { assertOwn } from "./ownership.js"
import { hasManualDaemonSet, ownObjects, scaleUp, type Wrong, wrongObjects } from "./release-objects.js"
import { assertAddressable, markGood, repair } from "./release-repair.js"
import { type Stale, staleSecrets, writeSecrets } from "./release-secrets.js"
import { Watch } from "./release-watch.js"
import { destroyRelease, removeRelease, removeSecrets } from "./removal.js"
import type { Work } from "./work.js"

interface Found {
  made: string
  /** The last revision, where there is one. */
  last?: Revision
  /** Objects that are not there, not as applied, or not ready. */
  wrong: Wrong[]
  /** Secrets that are not there, or have a new value. */
  stale: Stale[]
  /** Why it does not say that it is this stage's. */
  unclaimed?: string
  /** Leftovers that must go first. */
  first: InTheWay[]
  /** Objects of the release that are there though Helm has no record of it. */
  found?: string[]
  /** What had to be repaired or removed before Helm could work. */
  repaired?: string[]
}

/**
 * What installs one release.
 *
 * @param id the step's name in the graph
 * @param name the release's name
 * @param of whose release it is, and what the files say of it
 * @param deployment the deployment that it belongs to
 */
export function releaseWork(
  id: string,
  name: string,
  { stage, release }: Pick<ReleaseStep, "stage" | "release">,
  deployment: Deployment,
): Work<Found> {
  const { namespace, timeout } = release
  const at = [...releasesPath(stage.scope), name]
  const resolved = () => ({
    chart: deployment.yields.charts[chartName(release.chart)].digest,
    values: resolveAll(stage, [...at, "values"], deployment.lookup(stage)),
    secrets: resolveAll(stage, [...at, "secrets"], deployment.lookup(stage)) as Release["secrets"],
  })
  const rendered = async () => {
    const chart = chartDirectory(release.chart)
    return (
      await renderChart(deployment.sources.charts, chart, { name, namespace, values: resolved().values })
    ).contents()
  }
  const installed = async (): Promise<Installed> => {
    const [helm, kubernetes] = await Promise.all([deployment.helm(), deployment.kubernetes()])
    return { helm, kubernetes, namespace, name, timeout }
  }
  // Helm keeps labels that it is not told: "null" takes away the one of a tenant that had the release before.
  const labels = (made: string, last?: Revision, found: string[] = []) => ({
    ...(last?.labels[TENANT_LABEL] && { [TENANT_LABEL]: "null" }),
    ...ownerLabels(stage),
    ...(found.length > 0 && { [FOUND_LABEL]: "1" }),
    [MADE_LABEL]: madeLabel(made, (last?.revision ?? 0) + 1),
  })
  /** Objects of the release where Helm has no record of it: somebody has removed the records. */
  const foundWithout = async (last?: Revision): Promise<string[]> => {
    const kubernetes = await deployment.kubernetes()
    // A tenant may not look at namespaces.
    if (last || !(stage.tenant || (await kubernetes.get(`/api/v1/namespaces/${namespace}`)))) return []
    // What Helm cannot render, it cannot install either, and it says so itself.
    const own = await ownObjects(kubernetes, namespace, name, await rendered().catch(() => ""))
    return own.map(({ title }) => title)
  }

  return {
    id,
    async inspect() {
      const made = digest(resolved()).replace("sha256:", "").slice(0, 40)
      const kubernetes = await deployment.kubernetes()
      const [revisions, unclaimed] = await Promise.all([
        history(kubernetes, namespace, name),
        assertOwn(deployment, stage, release, name),
      ])
      const last = lastOf(revisions)
      const first = last && !notAsMade(last, made) ? [] : await inTheWay(deployment, namespace, rendered)
      const found = await foundWithout(last)
      if (last?.status !== "deployed") return { made, last, wrong: [], stale: [], unclaimed, first, found }
      const { manifest } = await content(kubernetes, namespace, name, last.revision)
      const [wrong, stale] = await Promise.all([
        wrongObjects(kubernetes, namespace, manifest),
        staleSecrets(namespace, name, resolved().secrets, deployment),
      ])
      return { made, last, wrong, stale, unclaimed, first }
    },
    plan({ made, last, wrong, stale, unclaimed, first, found = [] }) {
      const before = first.map((one) => `release ${one.name} in namespace ${one.namespace} goes first: ${owns(one)}`)
      const because = (...reasons: string[]) => [...reasons, ...before].join("; ")
      const lost = found.length > 0 ? [`Helm's records are gone, but these are there: ${found.join(", ")}`] : []
      if (!last || last.status === "uninstalled") return { action: "create", why: because("not installed", ...lost) }
      if (last.status !== "deployed") return { action: "update", why: because(`the last revision is ${last.status}`) }
      const changed = notAsMade(last, made)
      const reasons = [
        ...(unclaimed ? [unclaimed] : []),
        ...(changed ? [changed] : []),
        ...stale.map(({ why }) => why),
        ...wrong.map(({ title, why }) => `${title}: ${why}`),
      ]
      if (reasons.length > 0) return { action: "update", why: because(...reasons) }
      return { action: "unchanged", why: "chart, images, values and secrets; every object as applied and ready" }
    },
    async apply({ made, first, found = [] }) {
      const { chart, values, secrets } = resolved()
      const [there, { host }] = await Promise.all([installed(), deployment.registry()])
      const { helm, kubernetes } = there
      const tell = (line: string) => say(`${id}: ${line}`)
      await assertAddressable(there)
      // A tenant's namespace is made by whoever runs the cluster.
      if (!stage.tenant) await kubernetes.apply(namespaceObject(release, stage) as KubernetesObject)
      // Where the way back is barred, the way forward may not be: what is deployed now may be the correction.
      const repaired = await repair(there).catch((error: Error) => [`${error.message}; upgrading all the same`])
      repaired.forEach(tell)
      const before = await markGood(there)
      if (found.length > 0) tell(`Helm's records are gone, but these are there, and are kept: ${found.join(", ")}`)
      const start = await scaleUpLast(there)
      for (const one of first) {
        await deployment.mayChange(stage)
        const notes = await removeRelease(deployment, deployment.stage, one.namespace, one.name)
        repaired.push(`release ${one.name} in namespace ${one.namespace} was removed first: ${owns(one)}`, ...notes)
        tell(`removed release ${one.name} in namespace ${one.namespace}: ${owns(one)}`)
      }
      const stale = await staleSecrets(namespace, name, secrets, deployment)
      await deployment.mayChange(stage)
      for (const workload of await writeSecrets(stage, namespace, name, secrets, stale, deployment))
        tell(`restarts ${workload}, because a Secret of it has changed`)

      const reference = `oci://${host}/${stage.chartRepository}/${chartName(release.chart)}@${chart}`
      const watch = new Watch(kubernetes, namespace, name, tell)
      const upgrade = async ({ last, manifest }: Omit<Last, "scaled">) => {
        const manual = hasManualDaemonSet(manifest)
        const spec = { name, namespace, chart: reference, values, labels: labels(made, last, found), timeout, manual }
        await deployment.mayChange(stage)
        await watch.during(helm.upgrade(spec))
      }
      try {
        await upgrade(start)
        // Only now it is known that the chart no longer says how many; and Helm must wait for them.
        const now = await scaleUpLast(there)
        for (const title of now.scaled)
          tell(`${title} was scaled to 0 by somebody else: upgrading again, now that it is scaled up`)
        if (now.scaled.length > 0) await upgrade(now)
      } catch (error) {
        const { message } = error as Error
        throw new Error(
          [
            message,
            ...advice(message, stage, deployment),
            ...repaired,
            ...(await aftermath(deployment, stage, there, watch, before)),
          ].join("\n"),
        )
      } finally {
        // Where it fails, the Jobs go some time later, and the next plan names what is not as applied.
        await watch.jobs.letGo().catch(() => {})
      }
      await deployment.mayChange(stage)
      await removeSecrets(deployment, stage, namespace, name, Object.keys(secrets))
      return { made, last: await markGood(there), wrong: [], stale: [], first: [], repaired }
    },
    keep({ made, last, repaired }) {
      const revision = `revision ${last?.revision ?? 0}`
      deployment.yields.releases[name] = { revision, made }
      return { version: revision, note: repaired?.join("\n") || undefined }
    },
    destroy: () => destroyRelease(deployment, stage, namespace, name, timeout),
  }
}

/** The last revision, what it was made of, and which workloads of it were scaled up. */
interface Last {
  last?: Revision
  manifest: string
  scaled: string[]
}

/** Scales up what somebody else has scaled to 0 and the chart of the last revision does not say how often it runs. */
async function scaleUpLast({ kubernetes, namespace, name }: Installed): Promise<Last> {
  const last = lastOf(await history(kubernetes, namespace, name))
  if (!last) return { manifest: "", scaled: [] }
  const { manifest } = await content(kubernetes, namespace, name, last.revision)
  return { last, manifest, scaled: await scaleUp(kubernetes, namespace, manifest) }
}

/** What to do about an error of Helm's that does not say it. */
function advice(message: string, stage: Stage, deployment: Deployment): string[] {
  if (!message.includes("invalid ownership metadata")) return []
  const next =
    "Helm takes over no object of another release, or of nobody: rename it in the chart, or have it removed first"
  if (stage === deployment.stage) return [next]
  return [
    `${next}. If a former release of the cluster owns it: deploy --cluster ${stage.name} removes what no file names any more`,
  ]
}

const owns = ({ owns }: InTheWay) => `it owns ${owns.join(", ")}`

/**
 * What is to be said below Helm's own error: why, as far as it can be seen, and what was done about it. Never throws: what it
 * cannot do is one more thing to say.
 *
 * @param deployment the deployment; what another run installs by now is not repaired
 * @param stage whose release it is
 * @param there the release
 * @param watch who watched it
 * @param before the last revision before the upgrade
 */
async function aftermath(
  deployment: Deployment,
  stage: Stage,
  there: Installed,
  watch: Watch,
  before?: Revision,
): Promise<string[]> {
  const { kubernetes, namespace, name } = there
  const said: string[] = []
  try {
    const last = lastOf(await history(kubernetes, namespace, name))
    if (!last) return ["Helm made no revision: nothing was installed"]
    if (last.revision === before?.revision)
      return [`Helm made no revision: revision ${last.revision} was left as it is`]
    said.push(await diagnose(kubernetes, namespace, name, last.revision, watch.hooks))
    await deployment.mayChange(stage)
    said.push(...(await repair(there)))
  } catch (error) {
    said.push((error as Error).message)
  }
  return said
}
