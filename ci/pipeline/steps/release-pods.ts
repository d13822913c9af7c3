// What a release waits for, or has failed by: its objects that are not ready, the pods behind them, and their last words.
import { type PodEvent, type Trouble, troubles, type WaitingPod } from "../model/index.js"
import type { Content } from "../tools/helm-records.js"
import type { Kubernetes, KubernetesObject } from "../tools/kubernetes.js"
import { unreadyObjects } from "./release-objects.js"

/** Something that is not ready: its name, and what it does in place of being ready. */
export type Said = readonly [name: string, words: string]

/** What can be seen of a release at one time. */
export interface Sight {
  /** Whether it is a hook that is looked at, in place of the release's objects. */
  hook: boolean
  said: Said[]
}

/** The last words of containers, by pod, container and how often it has ended: they are asked for once. */
export type Words = Map<string, string>

/**
 * Looks at a release that is not ready. As long as a hook has not succeeded, nothing else is to blame.
 *
 * @param kubernetes the cluster
 * @param namespace the release's namespace
 * @param content what its last revision is made of
 * @param lines how many of a container's last lines are read
 * @param words last words that are known already; new ones are added
 * @param running whether containers that still run are quoted, too
 */
export async function look(
  kubernetes: Kubernetes,
  namespace: string,
  { manifest, hooks }: Content,
  lines: number,
  words: Words = new Map(),
  running = false,
): Promise<Sight> {
  const open = hooks.filter(({ last_run }) => ["Running", "Failed", "Unknown"].includes(last_run?.phase ?? ""))
  const wrong = open.length > 0 ? [] : await unreadyObjects(kubernetes, namespace, manifest)
  const titles = open.length > 0 ? open.map(({ kind, name }) => `${kind} ${name}`) : wrong.map(({ title }) => title)
  if (titles.length === 0) return { hook: false, said: [] }

  const quoted = running || open.length > 0
  const [pods, events] = await Promise.all([
    podsBehind(kubernetes, namespace, titles),
    lastEvents(kubernetes, namespace),
  ])
  const reports = await Promise.all(
    pods.map(async ({ pod, title }) => {
      const found = troubles(pod, events.get(pod.metadata.name))
      const said = found.map(async (trouble): Promise<Said> => {
        const last = await lastWords(kubernetes, namespace, pod.metadata.name, trouble, lines, words, quoted)
        return [
          `pod ${pod.metadata.name}`,
          `${trouble.container ? `container ${trouble.container}: ` : ""}${trouble.words}${last}`,
        ]
      })
      return { title, said: await Promise.all(said) }
    }),
  )
  const explained = new Set(reports.filter(({ said }) => said.length > 0).map(({ title }) => title))
  const bare = wrong.filter(({ title }) => !explained.has(title)).map(({ title, why }): Said => [title, why])
  const unfinished = open.map(
    ({ kind, name, last_run }): Said => [
      `hook ${kind} ${name}`,
      last_run?.phase === "Failed" ? "failed" : running ? "did not succeed" : "has not ended",
    ],
  )
  return { hook: open.length > 0, said: [...unfinished, ...bare, ...reports.flatMap(({ said }) => said)] }
}

/** The pods that objects own, directly or through a ReplicaSet or a Job, whatever their labels. */
async function podsBehind(
  kubernetes: Kubernetes,
  namespace: string,
  titles: readonly string[],
): Promise<{ pod: WaitingPod; title: string }[]> {
  const within = (group: string, plural: string) => `${group}/namespaces/${namespace}/${plural}`
  const [pods, replicaSets, jobs] = await Promise.all([
    kubernetes.list<WaitingPod>(within("/api/v1", "pods")),
    kubernetes.list(within("/apis/apps/v1", "replicasets")),
    kubernetes.list(within("/apis/batch/v1", "jobs")),
  ])
  const between = new Map([
    ...replicaSets.map((one): [string, KubernetesObject] => [`ReplicaSet ${one.metadata.name}`, one]),
    ...jobs.map((one): [string, KubernetesObject] => [`Job ${one.metadata.name}`, one]),
  ])
  const owner = (title: string, owners: readonly { kind: string; name: string }[] = []): string | undefined => {
    if (titles.includes(title)) return title
    for (const { kind, name } of owners) {
      const above = `${kind} ${name}`
      const found = owner(above, between.get(above)?.metadata.ownerReferences)
      if (found) return found
    }
    return undefined
  }
  return pods.flatMap((pod) => {
    const title = owner(`Pod ${pod.metadata.name}`, pod.metadata.ownerReferences)
    return title ? [{ pod, title }] : []
  })
}

interface Event extends PodEvent {
  involvedObject: { name: string }
  lastTimestamp?: string | null
  eventTime?: string | null
  metadata: { creationTimestamp: string }
}

/** What happened last to each pod. */
async function lastEvents(kubernetes: Kubernetes, namespace: string): Promise<Map<string, PodEvent>> {
  const events = await kubernetes.list<Event>(`/api/v1/namespaces/${namespace}/events`, {
    fieldSelector: "involvedObject.kind=Pod",
  })
  const time = (event: Event) => event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp
  const sorted = events.sort((one, other) => Date.parse(time(one)) - Date.parse(time(other)))
  return new Map(sorted.map((event) => [event.involvedObject.name, event]))
}

/** What a container said before it ended; where that is gone, what it says now. Each line is marked as a quotation. */
async function lastWords(
  kubernetes: Kubernetes,
  namespace: string,
  pod: string,
  { container, ended }: Trouble,
  lines: number,
  words: Words,
  always: boolean,
): Promise<string> {
  if (!container || (ended === undefined && !always)) return ""
  const key = [pod, container, ended, lines].join(" ")
  const known = words.get(key)
  if (known !== undefined && ended !== undefined) return known
  const path = `/api/v1/namespaces/${namespace}/pods/${pod}/log`
  const read = (previous: boolean) =>
    kubernetes
      .text(path, { container, tailLines: String(lines), ...(previous ? { previous: "true" } : {}) })
      .catch(() => "")
  const log = ((ended && (await read(true))) || (await read(false))).trimEnd()
  const quoted = log ? `\n${log.replace(/^/gm, "    | ")}` : ""
  words.set(key, quoted)
  return quoted
}
