// Helm's own records of a release, as Secrets of its namespace: its revisions, and what each is made of.
import { gunzipSync } from "node:zlib"
import type { Revision } from "../model/index.js"
import type { Kubernetes, KubernetesObject } from "./kubernetes.js"

/** A hook of a revision, and how it ended when it was run. */
export interface Hook {
  name: string
  kind: string
  manifest: string
  /** When it is run, such as "pre-delete". */
  events?: string[]
  last_run?: { phase?: string }
}

/** Whether a hook is run when its release is uninstalled. */
export const ofRemoval = ({ events = [] }: Hook): boolean =>
  events.includes("pre-delete") || events.includes("post-delete")

/** What a revision is made of. */
export interface Content {
  /** YAML documents. */
  manifest: string
  hooks: Hook[]
}

const collection = (namespace: string) => `/api/v1/namespaces/${namespace}/secrets`
const recordOf = (namespace: string, name: string, revision: number) =>
  `${collection(namespace)}/sh.helm.release.v1.${name}.v${revision}`

/**
 * The revisions of a release.
 *
 * @param kubernetes the cluster
 * @param namespace the release's namespace
 * @param name the release's name
 * @returns the revisions by number; none where it is not installed
 */
export async function history(kubernetes: Kubernetes, namespace: string, name: string): Promise<Revision[]> {
  const records = await kubernetes.list(collection(namespace), { labelSelector: `owner=helm,name=${name}` })
  return records
    .map(({ metadata: { labels = {} } }) => ({ revision: Number(labels.version), status: labels.status, labels }))
    .sort((one, other) => one.revision - other.revision)
}

/**
 * What a revision is made of; nothing where there is no such record.
 *
 * @throws when the record cannot be read, with what to do: Helm itself can do nothing with such a release either
 */
export async function content(
  kubernetes: Kubernetes,
  namespace: string,
  name: string,
  revision: number,
): Promise<Content> {
  const record = await kubernetes.get<KubernetesObject & { data: { release: string } }>(
    recordOf(namespace, name, revision),
  )
  if (!record) return { manifest: "", hooks: [] }
  try {
    // Helm keeps gzip in base64, which the Secret encodes once more.
    const packed = Buffer.from(Buffer.from(record.data.release, "base64").toString(), "base64")
    // Helm leaves out what is empty.
    const { manifest = "", hooks } = Object(JSON.parse(gunzipSync(packed).toString())) as Partial<Content>
    return { manifest, hooks: hooks ?? [] }
  } catch (error) {
    const secret = record.metadata.name
    throw new Error(
      `Helm's record of revision ${revision} of release ${name} cannot be read (Secret ${secret} in namespace ${namespace}: ` +
        `${error instanceof SyntaxError ? "no JSON" : (error as Error).message}). Restore that Secret, or ` +
        `remove it, so that the revision before it counts: kubectl delete secret ${secret} --namespace ${namespace}`,
    )
  }
}

/** Sets labels of a revision's record. */
export async function labelRecord(
  kubernetes: Kubernetes,
  namespace: string,
  name: string,
  revision: number,
  labels: Record<string, string>,
): Promise<void> {
  await kubernetes.merge(recordOf(namespace, name, revision), { metadata: { labels } })
}

/** Removes a revision's record; what it describes stays as it is. */
export async function forgetRecord(kubernetes: Kubernetes, namespace: string, name: string, revision: number) {
  await kubernetes.remove(recordOf(namespace, name, revision))
}
