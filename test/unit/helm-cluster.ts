// A double of a cluster and of Helm: objects by path, kinds that it knows, and releases whose records are as Helm's.
import { gzipSync } from "node:zlib"
import { parse } from "yaml"
import type { Helm } from "../../ci/pipeline/tools/helm.js"
import type { Hook } from "../../ci/pipeline/tools/helm-records.js"
import type { Kubernetes, KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"

/** Kinds that every cluster knows here, as in the paths of the API. */
const builtIn = { ConfigMap: "configmaps", Job: "jobs", Pod: "pods", Secret: "secrets", ClusterRole: "clusterroles" }

/** What a release's last revision is made of. */
export interface Made {
  status?: string
  manifest: string
  hooks?: Hook[]
  labels?: Record<string, string>
}

/** Whether an object is in a collection, which may be that of all namespaces. */
const within = (collection: string, path: string) =>
  [path, path.replace(/namespaces\/[^/]+\/(?=.+\/)/, "")].some(
    (one) => one.slice(0, one.lastIndexOf("/")) === collection,
  )

/** A cluster in memory. */
export class Cluster {
  readonly objects = new Map<string, KubernetesObject>()
  /** What pods print, by name. */
  readonly logs = new Map<string, string>()
  /** Plural of each kind, by apiVersion and kind, such as "example.org/v1 Widget". */
  readonly kinds = new Map<string, string>()
  /** What was asked of Helm, such as "uninstall web within 300 s". */
  readonly asked: string[] = []
  /** What Helm says when it is asked to uninstall; it succeeds where that is nothing. */
  refuses = (_hooks: boolean): string | undefined => undefined

  readonly kubernetes = {
    get: async (path: string) => this.objects.get(path) ?? this.group(path),
    list: async (path: string, { labelSelector = "" }: { labelSelector?: string } = {}) =>
      [...this.objects]
        .filter(([key]) => within(path, key))
        .map(([, object]) => object)
        .filter(({ metadata: { labels = {} } }) =>
          labelSelector
            .split(",")
            .filter(Boolean)
            .every((one) => {
              const [label, value] = one.split("=")
              return one.startsWith("!") ? !(one.slice(1) in labels) : labels[label] === value
            }),
        ),
    text: async (path: string) => this.logs.get(path.split("/").at(-2) ?? "") ?? "",
    remove: async (path: string) => void this.objects.delete(path),
    merge: async (path: string, change: Partial<KubernetesObject>) => {
      const object = this.objects.get(path)
      if (object) this.objects.set(path, { ...object, spec: { ...(object.spec ?? {}), ...(change.spec ?? {}) } })
    },
    pathOf: async (object: KubernetesObject, namespace: string) => this.pathOf(object, namespace),
    anyPathOf: async (object: KubernetesObject, namespace: string) => this.anyPathOf(object, namespace),
    forgetKinds: () => {},
  } as unknown as Kubernetes

  readonly helm = {
    uninstall: async (name: string, namespace: string, timeout: number, hooks = true) => {
      this.asked.push(`uninstall ${name} within ${timeout} s${hooks ? "" : " without hooks"}`)
      const words = this.refuses(hooks)
      if (words) throw new Error(words)
      this.forget(namespace, name)
    },
  } as unknown as Helm

  /** Puts an object there. */
  add(yaml: string, namespace = "shop"): void {
    const object = parse(yaml) as KubernetesObject
    this.objects.set(String(this.anyPathOf(object, namespace)), object)
  }

  /** Installs a release: its objects, as the ones that Helm marks as its own, and the record of its only revision. */
  install(namespace: string, name: string, { manifest, hooks = [], labels = {}, status = "deployed" }: Made): void {
    const annotations = { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace }
    for (const yaml of manifest.split("---\n").filter(Boolean)) {
      const object = parse(yaml) as KubernetesObject
      const path = this.anyPathOf(object, namespace)
      if (!path) continue
      const metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } }
      this.objects.set(path, { ...object, metadata })
    }
    const packed = gzipSync(JSON.stringify({ manifest, hooks })).toString("base64")
    const metadata = {
      ...{ name: `sh.helm.release.v1.${name}.v1`, namespace },
      labels: { owner: "helm", name, version: "1", status, ...labels },
    }
    const data = { release: Buffer.from(packed).toString("base64") }
    this.objects.set(`/api/v1/namespaces/${namespace}/secrets/${metadata.name}`, { kind: "Secret", metadata, data })
  }

  /** Removes the records of a release. */
  forget(namespace: string, name: string): void {
    this.objects.delete(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v1`)
  }

  private pathOf({ apiVersion = "v1", kind = "", metadata }: KubernetesObject, namespace: string): string | undefined {
    const plural = builtIn[kind as keyof typeof builtIn] ?? this.kinds.get(`${apiVersion} ${kind}`)
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const space = kind.startsWith("Cluster") ? "" : `/namespaces/${metadata.namespace ?? namespace}`
    return plural && `${base}${space}/${plural}/${metadata.name}`
  }

  private anyPathOf(object: KubernetesObject, namespace: string): string | undefined {
    const [group] = String(object.apiVersion).split("/")
    const versions = [...this.kinds.keys()].map((known) => known.split(" ")[0])
    const others = versions.filter((version) => version.startsWith(`${group}/`))
    return [String(object.apiVersion), ...others]
      .map((apiVersion) => this.pathOf({ ...object, apiVersion }, namespace))
      .find(Boolean)
  }

  private group(path: string): unknown {
    return path === "/api/v1" ? {} : undefined
  }
}
