/**
 * Whether an object of Kubernetes is as ready as it gets: the rules of kstatus, by which Helm waits too.
 *
 * Source: https://github.com/kubernetes-sigs/cli-utils/tree/master/pkg/kstatus
 */

interface Condition {
  type: string
  status: string
  reason?: string
  message?: string
}

/** The parts of an object that say how it is. */
export interface Live {
  apiVersion?: string
  kind?: string
  metadata?: { generation?: number; deletionTimestamp?: string }
  // biome-ignore lint/suspicious/noExplicitAny: every kind has other fields
  spec?: any
  // biome-ignore lint/suspicious/noExplicitAny: every kind has other fields
  status?: any
}

/**
 * What an object still lacks to be ready.
 *
 * @param object the object as the API answers it
 * @returns a few words such as "0 of 2 ready", or undefined when it is ready
 */
export function unready(object: Live): string | undefined {
  const { metadata = {}, status = {}, kind = "", apiVersion = "" } = object
  if (metadata.deletionTimestamp) return "being deleted"
  const { observedGeneration } = status
  if (
    metadata.generation !== undefined &&
    observedGeneration !== undefined &&
    observedGeneration !== metadata.generation
  )
    return "not yet observed by its controller"
  const conditions = conditionsOf(object)
  const reconciling = conditions.find(({ type }) => type === "Reconciling")
  if (reconciling?.status === "True") return said(reconciling)
  const stalled = conditions.find(({ type }) => type === "Stalled")
  if (stalled?.status === "True") return said(stalled)
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : ""
  const rule = rules[`${group}/${kind}`]
  if (rule) return rule(object)
  const ready = conditions.find(({ type }) => type === "Ready")
  return ready && ready.status !== "True" ? said(ready) : undefined
}

const conditionsOf = ({ status }: Live): Condition[] => (Array.isArray(status?.conditions) ? status.conditions : [])

const said = ({ type, status, reason, message }: Condition) => message || reason || `${type} is ${status}`

const rules: Readonly<Record<string, (object: Live) => string | undefined>> = {
  "/Pod": pod,
  "/PersistentVolumeClaim": ({ status }) => (status?.phase === "Bound" ? undefined : "not bound"),
  "/Service": ({ spec }) => (spec?.type === "LoadBalancer" && !spec.clusterIP ? "without an address" : undefined),
  "apps/Deployment": deployment,
  "apps/ReplicaSet": ({ spec, status }) =>
    count(status?.readyReplicas, spec?.replicas ?? 1, "ready") ?? surplus(status?.replicas, spec?.replicas ?? 1),
  "apps/StatefulSet": statefulSet,
  "apps/DaemonSet": daemonSet,
  "batch/Job": job,
  "apiextensions.k8s.io/CustomResourceDefinition": (object) =>
    conditionsOf(object).some(({ type, status }) => type === "Established" && status === "True")
      ? undefined
      : "not established",
}

function count(there: number | undefined, wanted: number, word: string): string | undefined {
  return (there ?? 0) < wanted ? `${there ?? 0} of ${wanted} ${word}` : undefined
}

const surplus = (there = 0, wanted: number) => (there > wanted ? `${there - wanted} too many` : undefined)

function pod(object: Live): string | undefined {
  const { phase } = object.status ?? {}
  if (phase === "Succeeded") return undefined
  const ready = conditionsOf(object).some(({ type, status }) => type === "Ready" && status === "True")
  return ready ? undefined : `${phase ?? "not started"}, not ready`
}

function deployment(object: Live): string | undefined {
  const { spec = {}, status = {} } = object
  if (spec.paused) return undefined
  const wanted = spec.replicas ?? 1
  const conditions = conditionsOf(object)
  const refused = conditions.find(({ type, status }) => type === "ReplicaFailure" && status === "True")
  if (refused) return said(refused)
  const progress = conditions.find(({ type }) => type === "Progressing")
  const late = progress?.reason === "ProgressDeadlineExceeded" ? ", and its deadline for progress is over" : ""
  const short =
    count(status.updatedReplicas, wanted, "updated") ??
    count(status.readyReplicas, wanted, "ready") ??
    count(status.availableReplicas, wanted, "available") ??
    surplus(status.replicas, wanted)
  if (short || late) return `${short ?? "not ready"}${late}`
  const available = conditions.find(({ type }) => type === "Available")
  return available && available.status !== "True" ? said(available) : undefined
}

function statefulSet({ spec = {}, status = {} }: Live): string | undefined {
  if (spec.updateStrategy?.type === "OnDelete") return undefined
  const wanted = spec.replicas ?? 1
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0
  const short = count(status.readyReplicas, wanted, "ready") ?? surplus(status.replicas, wanted)
  if (short) return short
  if (partition > 0) return count(status.updatedReplicas, wanted - partition, "updated")
  if (status.currentRevision !== status.updateRevision) return count(status.updatedReplicas, wanted, "updated")
  return undefined
}

function daemonSet({ spec = {}, status = {} }: Live): string | undefined {
  if (status.desiredNumberScheduled === undefined) return "not yet observed by its controller"
  const wanted = status.desiredNumberScheduled
  // Whoever chose OnDelete replaces the pods; kstatus would wait for that.
  const updated = spec.updateStrategy?.type === "OnDelete" ? wanted : status.updatedNumberScheduled
  return (
    count(updated, wanted, "updated") ??
    count(status.numberReady, wanted, "ready") ??
    count(status.numberAvailable, wanted, "available")
  )
}

function job(object: Live): string | undefined {
  const conditions = conditionsOf(object).filter(({ status }) => status === "True")
  if (conditions.some(({ type }) => type === "Complete" || type === "SuccessCriteriaMet")) return undefined
  const failed = conditions.find(({ type }) => type === "Failed" || type === "FailureTarget")
  return failed ? `failed: ${said(failed)}` : "not complete"
}
