// What a release waits for, or has failed by: its objects that are not ready, what events say of them, and of the pods behind
// them their last words.
import {
  complaint,
  type Event,
  eventsOf,
  type Trouble,
  troubles,
  unready,
  type WaitingPod,
  withoutPods,
} from "../model/index.js"
import type { Content, Hook } from "../tools/helm-records.js"
import type { Kubernetes } from "../tools/kubernetes.js"
import { type Behind, objectsBehind } from "./release-behind.js"
import { forbidden, objectsOf, unreadyObjects, type Wrong } from "./release-objects.js"

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
  const open = await openHooks(kubernetes, namespace, hooks, running)
  const hook = open.length > 0
  const wrong = hook ? open : await unreadyObjects(kubernetes, namespace, manifest)
  if (wrong.length === 0) return { hook, said: [] }

  const [behind, events] = await Promise.all([
    objectsBehind(kubernetes, namespace, wrong),
    kubernetes.list<Event>(`/api/v1/namespaces/${namespace}/events`),
  ])
  const pods = behind.filter(({ object }) => object.kind === "Pod")
  const reports = await Promise.all(
    pods.map(async ({ object, title }) => {
      const { name, uid } = object.metadata
      // Helm may delete a hook as soon as it has failed: its pods still say why, as long as they are there.
      const metadata = hook ? { ...object.metadata, deletionTimestamp: undefined } : object.metadata
      const pod: WaitingPod = { ...object, metadata }
      const found = troubles(pod, eventsOf(events, { kind: "Pod", name, uid }).at(-1))
      const said = found.map(async (trouble): Promise<Said> => {
        const last = await lastWords(kubernetes, namespace, name, trouble, lines, words, running || hook)
        return [`pod ${name}`, `${trouble.container ? `container ${trouble.container}: ` : ""}${trouble.words}${last}`]
      })
      return { title, said: await Promise.all(said) }
    }),
  )
  const explained = new Set(reports.filter(({ said }) => said.length > 0).map(({ title }) => title))
  const bare = wrong.filter(({ title }) => hook || !explained.has(title))
  return {
    hook,
    said: [
      ...bare.map(({ title, why }): Said => [hook ? `hook ${title}` : title, why]),
      ...complaints(wrong, behind, events, bare),
      ...reports.flatMap(({ said }) => said),
    ],
  }
}

/** The hooks that have not succeeded, and what each lacks. */
async function openHooks(
  kubernetes: Kubernetes,
  namespace: string,
  hooks: readonly Hook[],
  running: boolean,
): Promise<Wrong[]> {
  const open = hooks.filter(({ last_run }) => ["Running", "Failed", "Unknown"].includes(last_run?.phase ?? ""))
  const looked = open.map(async ({ kind, name, manifest, last_run }) => {
    const [named] = objectsOf(manifest)
    const path = named && (await kubernetes.pathOf(named.object, namespace))
    const live = path ? await kubernetes.get(path).catch(forbidden) : undefined
    const own = live && unready(live)
    const open = running ? "did not succeed" : "has not ended"
    const why = own?.startsWith("failed") ? own : last_run?.phase === "Failed" ? "failed" : open
    return { title: `${kind} ${name}`, uid: live?.metadata.uid, why }
  })
  return Promise.all(looked)
}

/**
 * What Kubernetes complains about objects and what they own, in events: for example, that it refuses their pods.
 *
 * @param said those whose own words are said: what they say, too, is not said twice
 */
function complaints(
  wrong: readonly Wrong[],
  behind: readonly Behind[],
  events: readonly Event[],
  said: readonly Wrong[],
): Said[] {
  const makers = behind
    .filter(({ object }) => unready(object))
    .map(({ title, object: { kind, metadata } }) => ({
      root: title,
      title: `${kind} ${metadata.name}`,
      uid: metadata.uid,
    }))
  const all = [...wrong.map(({ title, uid }) => ({ root: title, title, uid })), ...makers]
  // What happens to a pod is said with its containers.
  const subjects = new Map(all.filter(({ title }) => !title.startsWith("Pod ")).map((one) => [one.title, one]))
  return [...subjects.values()].flatMap(({ root, title, uid }): Said[] => {
    const [kind, name] = title.split(" ")
    const words = complaint(events, { kind, name, uid })
    const known = withoutPods(said.find((one) => one.title === root)?.why ?? "")
    return words && !known.includes(words.slice(words.indexOf(": ") + 2)) ? [[title, words]] : []
  })
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
