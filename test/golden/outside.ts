// What can be changed from outside of the cluster: a port named `write` changes things, and asks nobody who he is.
import type { Manifest } from "./helm.ts"
import { containersOf, podOf } from "./restricted.ts"

// biome-ignore lint/suspicious/noExplicitAny: objects as rendered
type Any = any

/** Every way to a port named `write` of a release from outside of its namespace, or from pods without a label for it. */
export function waysToWrite(manifests: Manifest[]): string[] {
  return manifests.flatMap((workload) => {
    const pod = podOf(workload)
    const ports = pod ? containersOf(pod).flatMap((container) => container.ports ?? []) : []
    const write = ports.find(({ name }) => name === "write")
    if (!write) return []
    const labels: Record<string, string> = workload.spec.template.metadata.labels
    const selects = (selector: Record<string, string> = {}) =>
      Object.entries(selector).every(([key, value]) => labels[key] === value)
    const isWrite = (port: unknown) => port === "write" || port === write.containerPort
    const services = manifests.filter(({ kind, spec }) => kind === "Service" && selects(spec.selector))
    return [...ingresses(manifests, services, isWrite), ...policies(manifests, selects, isWrite)]
  })
}

function ingresses(manifests: Manifest[], services: Manifest[], isWrite: (port: unknown) => boolean): string[] {
  const backends = manifests
    .filter(({ kind }) => kind === "Ingress")
    .flatMap(({ metadata, spec }) => [
      ...(spec.defaultBackend ? [{ ingress: metadata.name, ...spec.defaultBackend.service }] : []),
      ...spec.rules.flatMap((rule: Any) =>
        rule.http.paths.map(({ backend }: Any) => ({ ingress: metadata.name, ...backend.service })),
      ),
    ])
  return backends.flatMap(({ ingress, name, port }) =>
    services
      .filter(({ metadata }) => metadata.name === name)
      .flatMap(({ spec }) => spec.ports as Any[])
      .filter((one) => one.name === port.name || one.port === port.number)
      .filter((one) => isWrite(one.targetPort ?? one.port))
      .map(() => `Ingress/${ingress} leads to the port that writes`),
  )
}

function policies(
  manifests: Manifest[],
  selects: (selector?: Record<string, string>) => boolean,
  isWrite: (port: unknown) => boolean,
): string[] {
  const guards = manifests.filter(
    ({ kind, spec }) =>
      kind === "NetworkPolicy" && spec.policyTypes.includes("Ingress") && selects(spec.podSelector.matchLabels),
  )
  if (guards.length === 0) return ["no NetworkPolicy guards the port that writes"]
  return guards.flatMap(({ metadata, spec }) =>
    ((spec.ingress ?? []) as Any[])
      // Without a list of ports, or of peers, all are meant.
      .filter(({ ports }) => !ports?.length || ports.some(({ port }: Any) => port === undefined || isWrite(port)))
      .flatMap(({ from }) => (from?.length ? from : [{}]))
      .filter((peer: Any) => {
        const named = Object.keys(peer.podSelector?.matchLabels ?? {}).length > 0
        return !named || peer.ipBlock || peer.namespaceSelector
      })
      .map((peer: Any) => `NetworkPolicy/${metadata.name} lets ${JSON.stringify(peer)} reach the port that writes`),
  )
}
