/** What runs after a deployment, as plain data and text: the kinds of pods, and what stands behind the hosts of ingresses. */
import { formatTable } from "../records/plan.js"

export interface Pod {
  readonly metadata: {
    readonly name: string
    readonly namespace: string
    readonly labels?: Readonly<Record<string, string>>
    /** Since when it is being ended, as ISO 8601. */
    readonly deletionTimestamp?: string
  }
  readonly status: { readonly phase: string; readonly conditions?: readonly { type: string; status: string }[] }
}

export interface Service {
  readonly metadata: { readonly name: string; readonly namespace: string }
  readonly spec: { readonly selector?: Readonly<Record<string, string>> }
}

interface Backend {
  readonly service?: { readonly name: string }
}

export interface Ingress {
  readonly metadata: { readonly namespace: string }
  readonly spec: {
    readonly defaultBackend?: Backend
    readonly rules?: readonly { host?: string; http?: { paths: readonly { backend: Backend }[] } }[]
  }
}

/** The kinds of pods that are not what the chart asks for: the label that a target puts on them, and what it means. */
const kinds = {
  "stand-in": {
    label: "wallet-world/stand-in",
    meaning: "runs in place of a program whose image could not be pulled here; what it writes is made up",
  },
  simulated: { label: "wallet-world/simulated", meaning: "is reported as running, but nothing runs" },
}

type Kind = "real" | keyof typeof kinds

function kindOf({ metadata }: Pod): Kind {
  const found = Object.entries(kinds).find(([, { label }]) => metadata.labels?.[label] === "true")
  return (found?.[0] as Kind) ?? "real"
}

function stateOf({ metadata, status }: Pod): string {
  // Those that an update replaces answer for some seconds more.
  if (metadata.deletionTimestamp) return "ending"
  const ready = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
  return ready ? "ready" : status.phase
}

/**
 * Pods as a table, and below it what the kinds in it mean that are not `real`.
 *
 * @returns nothing when there are no pods
 */
export function formatPods(pods: readonly Pod[]): string {
  if (pods.length === 0) return ""
  const rows = pods.map((pod) => {
    const { name, namespace } = pod.metadata
    return [`${namespace}/${name}`, kindOf(pod), stateOf(pod)]
  })
  const present = new Set(pods.map(kindOf))
  const meanings = Object.entries(kinds)
    .filter(([kind]) => present.has(kind as Kind))
    .map(([kind, { meaning }]) => `${kind}: ${meaning}`)
  return [formatTable(["pod", "kind", "state"], rows), ...(meanings.length > 0 ? ["", ...meanings] : [])].join("\n")
}

/**
 * Where to look: the address of each host of the ingresses, or why nothing answers there.
 *
 * @param running the ingresses, services and pods of the same namespaces
 * @param address the address at which a person finds a host
 * @returns nothing when no ingress names a host
 */
export function formatAddresses(
  { ingresses, services, pods }: { ingresses: readonly Ingress[]; services: readonly Service[]; pods: readonly Pod[] },
  address: (host: string) => string,
): string {
  const behind = new Map<string, Pod[]>()
  for (const { metadata, spec } of ingresses)
    for (const { host, http } of spec.rules ?? []) {
      if (!host) continue
      const backends = http?.paths.map(({ backend }) => backend) ?? (spec.defaultBackend ? [spec.defaultBackend] : [])
      const names = backends.map(({ service }) => service?.name)
      const found = services
        .filter((service) => service.metadata.namespace === metadata.namespace && names.includes(service.metadata.name))
        .flatMap((service) => podsOf(service, pods))
      behind.set(host, [...(behind.get(host) ?? []), ...found])
    }
  const hosts = [...behind].sort(([a], [b]) => (a < b ? -1 : 1))
  const answering = hosts.filter(([, pods]) => !silence(pods)).map(([host]) => `  ${address(host)}`)
  const silent = hosts.flatMap(([host, pods]) => (silence(pods) ? [`  ${host}: ${silence(pods)}`] : []))
  return [
    ...(answering.length > 0 ? ["Where to look:", ...answering] : []),
    ...(silent.length > 0 ? ["Nothing answers at:", ...silent] : []),
  ].join("\n")
}

/** Why nothing answers behind a host; nothing when something does. */
function silence(pods: readonly Pod[]): string | undefined {
  const running = pods.filter((pod) => kindOf(pod) !== "simulated")
  if (running.some((pod) => stateOf(pod) === "ready")) return undefined
  if (running.length > 0) return "no pod behind it is ready"
  return pods.length > 0 ? "it has only simulated pods" : "it has no pods"
}

function podsOf({ metadata, spec }: Service, pods: readonly Pod[]): Pod[] {
  const selector = Object.entries(spec.selector ?? {})
  if (selector.length === 0) return []
  return pods.filter(
    (pod) =>
      pod.metadata.namespace === metadata.namespace &&
      selector.every(([label, value]) => pod.metadata.labels?.[label] === value),
  )
}
