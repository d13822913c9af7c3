// Whether a release's objects fit together: what one names, another must be.
import type { Manifest } from "./helm.ts"
import { containersOf, podOf } from "./restricted.ts"

// biome-ignore lint/suspicious/noExplicitAny: objects as rendered
type Any = any

/** Secrets and ConfigMaps that are made elsewhere, and their keys. */
export type Existing = Record<string, string[]>

/** Every loose end in a release. */
export function looseEndsOf(manifests: Manifest[], existing: Existing = {}): string[] {
  const workloads = manifests.filter((manifest) => manifest.spec?.template)
  const named = (kind: string, name: string) =>
    manifests.some((other) => other.kind === kind && other.metadata.name === name)
  const selected = (labels: Record<string, string>) =>
    workloads.filter(({ spec }) =>
      Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value),
    )

  const ends: string[] = []
  const seen = new Set<string>()
  for (const manifest of manifests) {
    const where = `${manifest.kind}/${manifest.metadata.name}`
    const problem = (text: string) => ends.push(`${where}: ${text}`)
    if (seen.has(where)) problem("is there twice")
    seen.add(where)
    for (const label of ["name", "instance", "part-of", "managed-by"])
      if (!manifest.metadata.labels?.[`app.kubernetes.io/${label}`]) problem(`has no label ${label}`)

    if (manifest.kind === "Service") {
      const targets = selected(manifest.spec.selector)
      if (targets.length !== 1) problem(`selects ${targets.length} workloads`)
      const ports = targets.flatMap((target) => containersOf(podOf(target)).flatMap(({ ports }: Any) => ports ?? []))
      for (const { targetPort } of manifest.spec.ports)
        if (!ports.some((port: Any) => port.name === targetPort)) problem(`no container has a port ${targetPort}`)
    }
    if (manifest.kind === "Ingress")
      for (const { service } of manifest.spec.rules.flatMap((rule: Any) =>
        rule.http.paths.map((path: Any) => path.backend),
      ))
        if (!named("Service", service.name)) problem(`there is no Service ${service.name}`)
    if (manifest.kind === "NetworkPolicy" && selected(manifest.spec.podSelector.matchLabels).length === 0)
      problem("selects no pod")
    if (manifest.kind === "PodDisruptionBudget" && selected(manifest.spec.selector.matchLabels).length !== 1)
      problem("selects no workload")

    const pod = podOf(manifest)
    if (!pod) continue
    if (manifest.spec.replicas > 1 && !named("PodDisruptionBudget", manifest.metadata.name))
      problem("has no disruption budget")
    if (!named("ServiceAccount", pod.serviceAccountName))
      problem(`there is no service account ${pod.serviceAccountName}`)
    for (const container of containersOf(pod))
      for (const { name, value } of container.env ?? []) {
        const [, service] = /^http:\/\/([^.:/]+)$/.exec(value ?? "") ?? []
        if (service && !named("Service", service)) problem(`${name}: there is no Service ${service}`)
      }
    const claims = (manifest.spec.volumeClaimTemplates ?? []).map((claim: Any) => claim.metadata)
    const volumes = [...(pod.volumes ?? []), ...claims].map(({ name }: Any) => name)
    for (const container of containersOf(pod))
      for (const { name } of container.volumeMounts ?? [])
        if (!volumes.includes(name)) problem(`${container.name} mounts no volume ${name}`)
    const mounted = containersOf(pod).flatMap((container) =>
      (container.volumeMounts ?? []).map(({ name }: Any) => name),
    )
    for (const name of volumes) if (!mounted.includes(name)) problem(`nothing mounts volume ${name}`)
    for (const { secret, configMap } of pod.volumes ?? []) {
      const from = secret?.secretName ?? configMap?.name
      if (from === undefined) continue
      const keys = secret
        ? undefined
        : manifests.find((other) => other.kind === "ConfigMap" && other.metadata.name === from)?.data
      const known = keys ? Object.keys(keys) : existing[from]
      if (!known) problem(`there is no ${secret ? "Secret" : "ConfigMap"} ${from}`)
      for (const { key } of (secret ?? configMap).items ?? [])
        if (known && !known.includes(key)) problem(`${from} has no key ${key}`)
    }
  }
  return ends
}
