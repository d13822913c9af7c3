// What every pod of ours must satisfy: the restricted Pod Security Standard, and our own rules beyond it.
// Written from the standard's text, over rendered objects: it shares nothing with the charts' helpers.
import type { Manifest } from "./helm.ts"

// biome-ignore lint/suspicious/noExplicitAny: a pod's specification as rendered
type Any = any

const VOLUME_KINDS = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]
const DIGEST = /^[^@\s]+@sha256:[0-9a-f]{64}$/

/** The pod's specification that a workload makes, if the object is one. */
export function podOf(manifest: Manifest): Any | undefined {
  if (manifest.kind === "Pod") return manifest.spec
  if (manifest.kind === "CronJob") return manifest.spec.jobTemplate.spec.template.spec
  return manifest.spec?.template?.spec
}

/** All containers of a pod. */
export function containersOf(pod: Any): Any[] {
  return [...(pod.initContainers ?? []), ...(pod.containers ?? []), ...(pod.ephemeralContainers ?? [])]
}

/** Every breach in an object; none for what makes no pods. */
export function breachesOf(manifest: Manifest): string[] {
  const where = `${manifest.kind}/${manifest.metadata.name}`
  if (manifest.kind === "Secret") return [`${where}: secrets are not made by charts`]
  if (manifest.kind === "Service") return serviceBreaches(manifest).map((breach) => `${where}: ${breach}`)
  const pod = podOf(manifest)
  if (!pod) return []
  return [
    ...podBreaches(pod).map((breach) => `${where}: ${breach}`),
    ...containersOf(pod).flatMap((container) =>
      containerBreaches(pod, container).map((breach) => `${where} ${container.name}: ${breach}`),
    ),
    ...(pod.containers as Any[]).flatMap((container) =>
      probeBreaches(container).map((breach) => `${where} ${container.name}: ${breach}`),
    ),
  ]
}

function serviceBreaches({ spec }: Manifest): string[] {
  const breaches = []
  if ((spec.type ?? "ClusterIP") !== "ClusterIP") breaches.push(`type ${spec.type}`)
  if (spec.ports.some((port: Any) => port.nodePort)) breaches.push("node port")
  if (spec.externalIPs) breaches.push("external addresses")
  return breaches
}

function podBreaches(pod: Any): string[] {
  const breaches = []
  for (const field of ["hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace"])
    if (pod[field]) breaches.push(field)
  if (pod.automountServiceAccountToken !== false) breaches.push("mounts a service account token")
  if (!pod.serviceAccountName || pod.serviceAccountName === "default")
    breaches.push("has no service account of its own")
  if (!(pod.terminationGracePeriodSeconds > 0)) breaches.push("has no grace period")
  for (const volume of pod.volumes ?? []) {
    const kinds = Object.keys(volume).filter((key) => key !== "name")
    if (kinds.some((kind) => !VOLUME_KINDS.includes(kind))) breaches.push(`volume ${volume.name} is a ${kinds}`)
  }
  return breaches
}

function containerBreaches(pod: Any, container: Any): string[] {
  const own = container.securityContext ?? {}
  // A container's setting wins over its pod's.
  const effective = { ...(pod.securityContext ?? {}), ...own }
  const breaches = []
  if (effective.runAsNonRoot !== true) breaches.push("may run as root")
  if (!(Number.isInteger(effective.runAsUser) && effective.runAsUser > 0))
    breaches.push("has no numeric user but root's")
  if (!["RuntimeDefault", "Localhost"].includes(effective.seccompProfile?.type)) breaches.push("has no seccomp profile")
  if (own.privileged) breaches.push("is privileged")
  if (own.allowPrivilegeEscalation !== false) breaches.push("may escalate privileges")
  if (own.readOnlyRootFilesystem !== true) breaches.push("may write to its root file system")
  if (!own.capabilities?.drop?.includes("ALL")) breaches.push("keeps capabilities")
  if (own.capabilities?.add?.length) breaches.push("adds capabilities")
  if (container.ports?.some((port: Any) => port.hostPort)) breaches.push("takes a port of the host")
  if (!DIGEST.test(container.image)) breaches.push(`image ${container.image} is not pinned by digest`)
  const { requests, limits } = container.resources ?? {}
  if (!requests?.cpu || !requests?.memory || !limits?.memory) breaches.push("has no requests or no memory limit")
  for (const variable of container.env ?? [])
    if (/PASSWORD$|TOKEN$|SECRET$/.test(variable.name) && variable.value)
      breaches.push(`${variable.name} is in the manifest`)
  return breaches
}

function probeBreaches(container: Any): string[] {
  return ["startupProbe", "livenessProbe", "readinessProbe"]
    .filter((probe) => !container[probe])
    .map((probe) => `has no ${probe}`)
}
