// A cluster in memory: what the steps of a release ask of the Kubernetes API, and no more.
import { gzipSync } from "node:zlib"
import type { Event } from "../../ci/pipeline/model/index.js"
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

/** Helm's record of a revision of the release web, which consists of some objects. */
export function record(
  revision: number,
  status: string,
  labels: Record<string, string>,
  objects: KubernetesObject[] = [],
): KubernetesObject {
  const manifest = objects.map((one) => JSON.stringify(one)).join("\n---\n")
  const packed = gzipSync(JSON.stringify({ manifest })).toString("base64")
  return object(
    `Secret sh.helm.release.v1.web.v${revision}`,
    { data: { release: Buffer.from(packed).toString("base64") } },
    { labels: { ...labels, owner: "helm", name: "web", version: String(revision), status } },
  )
}

/** The client of a cluster with some objects. */
export class Memory {
  /** What dry runs answer, by the object's title; the object as it is otherwise. */
  readonly applied = new Map<string, KubernetesObject | KubernetesError>()
  readonly logs = new Map<string, string>()
  events: Event[] = []

  constructor(readonly objects: KubernetesObject[]) {}

  get client(): Kubernetes {
    return this as unknown as Kubernetes
  }

  async pathOf({ kind, metadata }: KubernetesObject, namespace: string): Promise<string> {
    return `/namespaces/${metadata.namespace ?? namespace}/${plural(kind)}/${metadata.name}`
  }

  /** Every kind is known here. */
  forgetKinds(): void {}

  async get(path: string) {
    return this.objects.find((one) => path.endsWith(this.pathIn(one)))
  }

  async list(path: string, { labelSelector = "" } = {}) {
    if (path.endsWith("/events")) return this.events
    const labels = labelSelector.split(",").filter(Boolean)
    const chosen = ({ metadata }: KubernetesObject) =>
      labels.every((one) => metadata.labels?.[one.split("=")[0]] === one.split("=")[1])
    return this.objects.filter((one) => path.endsWith(this.pathIn(one).replace(/\/[^/]*$/, "")) && chosen(one))
  }

  async text(path: string) {
    return this.logs.get(path.split("/").at(-2) ?? "") ?? ""
  }

  async apply({ path }: { path?: string }) {
    const live = path && (await this.get(path))
    if (!live) return undefined
    const answer = this.applied.get(`${live.kind} ${live.metadata.name}`)
    if (answer instanceof KubernetesError) throw answer
    return answer ?? live
  }

  async merge(path: string, { spec, metadata }: { spec?: object; metadata?: { labels: Record<string, string> } }) {
    const live = await this.get(path)
    if (!live) throw new KubernetesError("not there", 404)
    if (spec) live.spec = { ...(live.spec as object), ...spec }
    if (metadata) live.metadata.labels = { ...live.metadata.labels, ...metadata.labels }
  }

  private pathIn({ kind, metadata }: KubernetesObject): string {
    return `/namespaces/${metadata.namespace}/${plural(kind)}/${metadata.name}`
  }
}

const plural = (kind = "") => `${kind.toLowerCase()}s`
