// A double of a cluster and of Helm: objects by the paths of the API, and releases whose records are as Helm's.
import { gzipSync } from "node:zlib"
import { parse } from "yaml"
import type { Event } from "../../ci/pipeline/model/index.js"
import type { Helm } from "../../ci/pipeline/tools/helm.js"
import type { Hook } from "../../ci/pipeline/tools/helm-records.js"
import { type Kubernetes, KubernetesError, type KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"

/** An object as a test writes it; its uid is its kind and name, unless it says another. */
export const object = (title: string, more: Partial<KubernetesObject> = {}, metadata = {}): KubernetesObject => {
  const [kind, name] = title.split(" ")
  return { apiVersion: "v1", kind, ...more, metadata: { name, namespace: "shop", uid: title, ...metadata } }
}

/** The metadata of what an object owns. */
export const ownedBy = (title: string) => {
  const [kind, name] = title.split(" ")
  return { ownerReferences: [{ kind, name, uid: title }] }
}

/** An event, so many minutes after ten o'clock. */
export const event = (title: string, minute: number, reason: string, message: string, type = "Warning"): Event => {
  const [kind, name] = title.split(" ")
  const at = new Date(Date.UTC(2026, 0, 1, 10, minute)).toISOString()
  return {
    involvedObject: { kind, name, uid: title },
    ...{ reason, message, type, lastTimestamp: at, metadata: { creationTimestamp: at } },
  }
}

/** A Job that is a hook of a release, as Helm's record describes it. */
export const hook = (name: string, phase: string): Hook => {
  const manifest = JSON.stringify(object(`Job ${name}`, { apiVersion: "batch/v1" }))
  return { kind: "Job", name, manifest, last_run: { phase } }
}

/** A revision of a release. */
export interface Made {
  namespace?: string
  name?: string
  revision?: number
  status?: string
  manifest?: string
  hooks?: Hook[]
  labels?: Record<string, string>
}

/** Helm's record of a revision; without more, the first one of the release web, deployed. */
export function record(made: Made): KubernetesObject {
  const {
    namespace = "shop",
    name = "web",
    revision = 1,
    status = "deployed",
    labels = {},
    manifest = "",
    hooks = [],
  } = made
  const packed = gzipSync(JSON.stringify({ manifest, hooks })).toString("base64")
  return object(
    `Secret sh.helm.release.v1.${name}.v${revision}`,
    { data: { release: Buffer.from(packed).toString("base64") } },
    { namespace, labels: { ...labels, owner: "helm", name, version: String(revision), status } },
  )
}

/** A manifest of some objects. */
export const manifestOf = (...objects: KubernetesObject[]): string =>
  objects.map((one) => JSON.stringify(one)).join("\n---\n")

/** A cluster in memory. It knows every kind but those of example.org, which a test must bring. */
export class Cluster {
  readonly objects = new Map<string, KubernetesObject>()
  /** What dry runs answer, by the object's title; the object as it is otherwise. */
  readonly applied = new Map<string, KubernetesObject | KubernetesError>()
  /** What pods print, by name. */
  readonly logs = new Map<string, string>()
  events: Event[] = []
  /** Plural of each kind of example.org, by apiVersion and kind, such as "example.org/v1 Widget". */
  readonly kinds = new Map<string, string>()
  /** What was asked of Helm, such as "uninstall web within 300 s". */
  readonly asked: string[] = []
  /** What Helm says when it is asked to uninstall; it succeeds where that is nothing. */
  refuses = (_hooks: boolean): string | undefined => undefined

  /** @param objects what is there, in the namespace shop where they do not say another */
  constructor(objects: KubernetesObject[] = []) {
    for (const one of objects) this.put(one)
  }

  readonly kubernetes = {
    get: async (path: string) => this.objects.get(path),
    list: async (path: string, { labelSelector = "" }: { labelSelector?: string } = {}) =>
      path.endsWith("/events") ? this.events : this.list(path, labelSelector),
    text: async (path: string) => this.logs.get(path.split("/").at(-2) ?? "") ?? "",
    remove: async (path: string) => void this.objects.delete(path),
    apply: async ({ path }: { path: string }) => {
      const live = this.objects.get(path)
      const answer = live && this.applied.get(`${live.kind} ${live.metadata.name}`)
      if (answer instanceof KubernetesError) throw answer
      return answer ?? live
    },
    merge: async (path: string, { spec, metadata }: Partial<KubernetesObject>) => {
      const live = this.objects.get(path)
      if (!live) throw new KubernetesError("not there", 404)
      const labels = { ...live.metadata.labels, ...metadata?.labels }
      const changed = { ...live, metadata: { ...live.metadata, labels } }
      this.objects.set(path, spec ? { ...changed, spec: { ...(live.spec ?? {}), ...spec } } : changed)
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

  /** Puts an object there, or another one in its place. */
  put(object: KubernetesObject, namespace = "shop"): void {
    this.objects.set(String(this.anyPathOf(object, namespace)), object)
  }

  /** Puts an object there that is written as YAML. */
  add(yaml: string): void {
    this.put(parse(yaml))
  }

  /** Installs a release: its objects, as the ones that Helm marks as its own, and the record of its only revision. */
  install(namespace: string, name: string, made: Made): void {
    const annotations = { "meta.helm.sh/release-name": name, "meta.helm.sh/release-namespace": namespace }
    for (const yaml of (made.manifest ?? "").split("---\n").filter(Boolean)) {
      const object = parse(yaml) as KubernetesObject
      if (!this.anyPathOf(object, namespace)) continue
      const metadata = { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } }
      this.put({ ...object, metadata }, namespace)
    }
    this.put(record({ ...made, namespace, name }))
  }

  /** Removes the first record of a release. */
  forget(namespace: string, name: string): void {
    this.objects.delete(`/api/v1/namespaces/${namespace}/secrets/sh.helm.release.v1.${name}.v1`)
  }

  private list(collection: string, labelSelector: string): KubernetesObject[] {
    const asked = labelSelector.split(",").filter(Boolean)
    return [...this.objects]
      .filter(([path]) => within(collection, path))
      .map(([, object]) => object)
      .filter(({ metadata: { labels = {} } }) =>
        asked.every((one) => {
          const [label, value] = one.split("=")
          return one.startsWith("!") ? !(one.slice(1) in labels) : labels[label] === value
        }),
      )
  }

  private pathOf({ apiVersion = "v1", kind = "", metadata }: KubernetesObject, namespace: string): string | undefined {
    const foreign = apiVersion.startsWith("example.org/")
    const plural = foreign ? this.kinds.get(`${apiVersion} ${kind}`) : `${kind.toLowerCase()}s`
    if (!plural || !metadata.name) return undefined
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    const space =
      kind.startsWith("Cluster") || kind === "Namespace" ? "" : `/namespaces/${metadata.namespace ?? namespace}`
    return `${base}${space}/${plural}/${metadata.name}`
  }

  private anyPathOf(object: KubernetesObject, namespace: string): string | undefined {
    const [group] = String(object.apiVersion).split("/")
    const versions = [...this.kinds.keys()].map((known) => known.split(" ")[0])
    const others = versions.filter((version) => version.startsWith(`${group}/`))
    return [object.apiVersion, ...others]
      .map((apiVersion) => this.pathOf({ ...object, apiVersion }, namespace))
      .find(Boolean)
  }
}

/** Whether an object is in a collection, which may be that of all namespaces. */
const within = (collection: string, path: string) =>
  [path, path.replace(/namespaces\/[^/]+\/(?=.+\/)/, "")].some(
    (one) => one.slice(0, one.lastIndexOf("/")) === collection,
  )
