// The Kubernetes API, asked by the module itself: what is read and written this way is in no container, trace or log.
import { Agent, request } from "node:https"
import type { AwsPlace } from "./aws.js"
import type { Cluster } from "./cluster.js"
import { eksToken } from "./sts.js"

/** Any object of Kubernetes. */
export interface KubernetesObject {
  apiVersion?: string
  kind?: string
  metadata: {
    name: string
    namespace?: string
    uid?: string
    generation?: number
    deletionTimestamp?: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    ownerReferences?: { kind: string; name: string; uid?: string }[]
    [key: string]: unknown
  }
  [key: string]: unknown
}

/** What the API answers to a request that it refuses. */
export class KubernetesError extends Error {
  constructor(
    message: string,
    /** The status of HTTP: 403 forbidden, 404 not there, 409 conflict, 422 invalid. */
    readonly status: number,
    /** What was refused, without any value: fields and why, or one word. */
    readonly refused = "",
  ) {
    super(message)
  }
}

/** The field manager of what the module applies itself. */
export const fieldManager = "wallet-world"

/** A token is taken for so many seconds at most; one that is refused earlier is minted anew at once. */
const tokenSeconds = 600
const requestSeconds = 30
const attempts = 4

interface Asked {
  method?: "GET" | "PATCH" | "DELETE"
  query?: Record<string, string>
  type?: string
  body?: string
}

/** One cluster, as the caller. Paths are those of the API, such as `/api/v1/namespaces/shop/pods`. */
export class Kubernetes {
  private token?: { text: Promise<string>; until: number }
  private readonly kinds = new Map<string, Promise<Record<string, { plural: string; namespaced: boolean }>>>()

  private constructor(
    private readonly place: AwsPlace,
    private readonly cluster: Cluster,
    private readonly agent: Agent,
  ) {}

  /** A client of a cluster. */
  static async open(place: AwsPlace, cluster: Cluster): Promise<Kubernetes> {
    const { agent } = await place.target.connection()
    const ca = Buffer.from(cluster.certificateAuthority, "base64").toString()
    return new Kubernetes(place, cluster, agent ?? new Agent({ ca, keepAlive: true }))
  }

  /** An object, or undefined where there is none of that name or kind. Throws KubernetesError for all other refusals. */
  async get<T = KubernetesObject>(path: string): Promise<T | undefined> {
    try {
      return JSON.parse(await this.ask(path))
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return undefined
      throw error
    }
  }

  /** The objects of a collection; none where the kind or the namespace does not exist. */
  async list<T = KubernetesObject>(path: string, query: Record<string, string> = {}): Promise<T[]> {
    try {
      return JSON.parse(await this.ask(path, { query })).items
    } catch (error) {
      if (error instanceof KubernetesError && error.status === 404) return []
      throw error
    }
  }

  /** The text that a path answers with, such as a container's log. */
  text(path: string, query: Record<string, string> = {}): Promise<string> {
    return this.ask(path, { query })
  }

  /**
   * Applies an object on the server's side, as `kubectl apply --server-side --force-conflicts` does.
   *
   * @param object the object, or the YAML text of it with its path
   * @param options `manager` names the fields' owner; with `dryRun` nothing is changed
   * @returns the object as it is then
   */
  async apply(
    object: KubernetesObject | { path: string; yaml: string },
    { manager = fieldManager, dryRun = false } = {},
  ): Promise<KubernetesObject> {
    const given = "yaml" in object ? (object as { path: string; yaml: string }) : undefined
    const path = given?.path ?? (await this.pathOf(object as KubernetesObject))
    if (!path) {
      const { kind } = object as KubernetesObject
      throw new Error(`the cluster ${this.cluster.name} has no resource of kind ${kind}; is its CRD installed?`)
    }
    const query = { fieldManager: manager, force: "true", ...(dryRun ? { dryRun: "All" } : {}) }
    const type = "application/apply-patch+yaml"
    return JSON.parse(
      await this.ask(path, { method: "PATCH", query, type, body: given?.yaml ?? JSON.stringify(object) }),
    )
  }

  /** Changes parts of an object. */
  async merge(path: string, change: object): Promise<void> {
    const type = "application/merge-patch+json"
    await this.ask(path, { method: "PATCH", query: { fieldManager }, type, body: JSON.stringify(change) })
  }

  /** Deletes an object; one that is not there is no error. */
  async remove(path: string): Promise<void> {
    await this.ask(path, { method: "DELETE", query: { propagationPolicy: "Background" } }).catch((error) => {
      if (!(error instanceof KubernetesError && error.status === 404)) throw error
    })
  }

  /**
   * The path of an object.
   *
   * @param object the object
   * @param namespace where it is, if it does not say so itself and its kind has namespaces
   * @returns the path, or undefined where the object has no name or the cluster does not know the kind
   */
  async pathOf(
    { apiVersion = "v1", kind = "", metadata }: KubernetesObject,
    namespace = "",
  ): Promise<string | undefined> {
    const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`
    if (!this.kinds.has(base)) this.kinds.set(base, this.discover(base))
    const found = (await this.kinds.get(base))?.[kind]
    if (!found || !metadata?.name) return undefined
    const space = found.namespaced ? `/namespaces/${metadata.namespace ?? namespace}` : ""
    return `${base}${space}/${found.plural}/${metadata.name}`
  }

  /** The path of an object, by another version of its group where the cluster no longer knows the one that it names. */
  async anyPathOf(object: KubernetesObject, namespace = ""): Promise<string | undefined> {
    const path = await this.pathOf(object, namespace)
    const [group, version] = (object.apiVersion ?? "v1").split("/")
    if (path || !version) return path
    const found = await this.get<{ versions: { groupVersion: string }[] }>(`/apis/${group}`)
    for (const { groupVersion } of found?.versions ?? []) {
      const other = await this.pathOf({ ...object, apiVersion: groupVersion }, namespace)
      if (other) return other
    }
    return undefined
  }

  /** Asks the cluster again which kinds it knows: a chart may have brought some, and somebody may have taken some away. */
  forgetKinds(): void {
    this.kinds.clear()
  }

  private async discover(base: string): Promise<Record<string, { plural: string; namespaced: boolean }>> {
    const list = await this.get<{ resources: { name: string; kind: string; namespaced: boolean }[] }>(base)
    // Names with a slash are parts of an object, such as its status.
    const whole = list?.resources.filter(({ name }) => !name.includes("/")) ?? []
    return Object.fromEntries(whole.map(({ name, kind, namespaced }) => [kind, { plural: name, namespaced }]))
  }

  /** Sends a request until it is answered: again when nobody answers, and with a new token when the last has expired. */
  private async ask(path: string, asked: Asked = {}): Promise<string> {
    for (let attempt = 1, refused = false; ; attempt++) {
      const { status, text } = await this.send(path, asked).catch((error: Error) => ({
        status: 0,
        text: error.message,
      }))
      if (status >= 200 && status < 300) return text
      if (status === 401 && !refused) {
        refused = true
        this.token = undefined
        continue
      }
      const passing = [0, 429, 500, 502, 503, 504].includes(status)
      if (!passing || attempt >= attempts) throw refusal(`Kubernetes, cluster ${this.cluster.name}`, status, text)
      await new Promise((resolve) => setTimeout(resolve, 500 * attempt))
    }
  }

  private async send(
    path: string,
    { method = "GET", query, type, body }: Asked,
  ): Promise<{ status: number; text: string }> {
    const token = await this.currentToken()
    const endpoint = new URL(this.cluster.endpoint)
    const asked = new URLSearchParams(query).toString()
    return new Promise((done, fail) => {
      const sent = request(
        {
          agent: this.agent,
          host: endpoint.hostname,
          port: endpoint.port || 443,
          method,
          path: asked ? `${path}?${asked}` : path,
          timeout: requestSeconds * 1000,
          headers: {
            authorization: `Bearer ${token}`,
            ...(body ? { "content-type": type, "content-length": Buffer.byteLength(body) } : {}),
          },
        },
        (response) => {
          const parts: Buffer[] = []
          response.on("data", (part: Buffer) => parts.push(part))
          response.on("error", fail)
          response.on("end", () => done({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }))
        },
      )
      sent.on("timeout", () => sent.destroy(new Error(`${endpoint.host} does not answer`)))
      sent.on("error", fail)
      sent.end(body)
    })
  }

  private currentToken(): Promise<string> {
    if (!this.token || this.token.until < Date.now())
      this.token = { text: eksToken(this.place, this.cluster.name), until: Date.now() + tokenSeconds * 1000 }
    const { text } = this.token
    text.catch(() => {
      this.token = undefined
    })
    return text
  }
}

/** The parts of a Status object, by which the API refuses. */
interface Status {
  message?: string
  reason?: string
  details?: { causes?: { field?: string; reason?: string; message?: string }[] }
}

/** The error for an answer that is a Status object, or any text. */
export function refusal(about: string, status: number, text: string): KubernetesError {
  const said = statusOf(text)
  const fields = (said.details?.causes ?? []).filter(({ field }) => field)
  const refused = fields.map(({ field, reason = "invalid", message = "" }) =>
    message.endsWith("field is immutable") ? `${field} is immutable` : `${field} is refused as ${reason}`,
  )
  // A webhook may put any text into its reason.
  const word = /^[A-Z]\w*$/.test(said.reason ?? "") ? (said.reason as string) : `status ${status}`
  return new KubernetesError(`${about}: ${said.message ?? text}`, status, refused.join(", ") || word)
}

function statusOf(text: string): Status {
  try {
    return JSON.parse(text) ?? {}
  } catch {
    return {}
  }
}
