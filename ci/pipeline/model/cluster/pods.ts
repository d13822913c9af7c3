/** What a pod that is not ready is doing, in words. */

export interface Ended {
  reason?: string
  exitCode: number
  message?: string
}

export interface ContainerStatus {
  name: string
  image?: string
  ready: boolean
  restartCount: number
  state?: { waiting?: { reason?: string; message?: string }; running?: object; terminated?: Ended }
  lastState?: { terminated?: Ended }
}

/** The parts of a pod that say how it is. */
export interface WaitingPod {
  metadata: {
    name: string
    uid?: string
    deletionTimestamp?: string
    labels?: Record<string, string>
    ownerReferences?: { kind: string; name: string; uid?: string }[]
  }
  spec?: { volumes?: { persistentVolumeClaim?: { claimName: string } }[] }
  status?: {
    phase?: string
    conditions?: { type: string; status: string; message?: string }[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

/** What happened to a pod last, from the events of its namespace. */
export interface PodEvent {
  reason: string
  message: string
  type: string
}

/** A container that does not do what it should. */
export interface Trouble {
  /** Undefined while no container has been begun. */
  container?: string
  /** For example "pulling docker.io/library/busybox:1.37" or "crashing: ended with exit code 7 (Error), 2 restarts". */
  words: string
  /** How often it ended: its last words change with it. Undefined while it has not ended. */
  ended?: number
}

/** What keeps a pod from being ready, one for each container. Nothing for a pod that is ready, finished or going away. */
export function troubles({ metadata, status = {} }: WaitingPod, event?: PodEvent): Trouble[] {
  if (metadata.deletionTimestamp || status.phase === "Succeeded") return []
  const condition = (name: string) => status.conditions?.find(({ type }) => type === name)
  if (condition("Ready")?.status === "True") return []
  const scheduled = condition("PodScheduled")
  if (scheduled?.status === "False") return [{ words: `pending: ${scheduled.message ?? "no node was chosen yet"}` }]
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const first = (status.initContainerStatuses ?? []).find((one) => !one.ready && one.state?.terminated?.exitCode !== 0)
  // Containers wait while an init container runs: it alone is to blame.
  const failing = first ? [first] : statuses.filter((one) => !one.ready && one.state?.terminated?.exitCode !== 0)
  if (failing.length === 0) return [{ words: beginning(event) }]
  return failing.map((one) => ({ container: one.name, ...trouble(one, event) }))
}

function trouble(
  { image, state = {}, lastState, restartCount }: ContainerStatus,
  event?: PodEvent,
): Omit<Trouble, "container"> {
  const { reason = "", message = "" } = state.waiting ?? {}
  if (["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"].includes(reason))
    // While it waits for its next try, the kubelet repeats what the last one ended with.
    return { words: `${image} cannot be pulled: ${message.replace(/^Back-off pulling image .*?: \w+: /s, "")}` }
  const ended = state.terminated ?? lastState?.terminated
  if (ended) {
    const how = `exit code ${ended.exitCode}${ended.reason ? ` (${ended.reason})` : ""}`
    const now = state.waiting
      ? reason === "CrashLoopBackOff"
        ? "CrashLoopBackOff"
        : "Waiting"
      : state.running
        ? "Running"
        : "Error"
    return { words: `${now}, ${restartCount} restarts; ended with ${how}${suffix(ended.message)}`, ended: restartCount }
  }
  if (state.running)
    return {
      words:
        event?.reason === "Unhealthy"
          ? `running, not ready: ${event.message.trim().replace(/:$/, "")}`
          : "running, not ready yet",
    }
  if (!reason || reason === "ContainerCreating" || reason === "PodInitializing") return { words: beginning(event) }
  return { words: `${reason}${suffix(message)}` }
}

const suffix = (message = "") => (message ? `: ${message}` : "")

/** What is done before a container runs; only events tell it. */
function beginning(event?: PodEvent): string {
  if (event?.reason === "Pulling") return `pulling ${/image "([^"]+)"/.exec(event.message)?.[1] ?? "its image"}`
  // "Failed" repeats what the container's own state will say in a moment.
  if (event?.type === "Warning" && event.reason !== "Failed") return `starting: ${event.message}`
  return "starting"
}

/**
 * The same words are said once, with the names of all to which they apply.
 *
 * @example
 * together([["pod a", "pending"], ["pod b", "pending"]]) // ["pod a, pod b: pending"]
 */
export function together(said: readonly (readonly [name: string, words: string])[]): string[] {
  const names = new Map<string, string[]>()
  for (const [name, words] of said) names.set(words, [...(names.get(words) ?? []), name])
  return [...names].map(([words, of]) => `${of.join(", ")}: ${words}`)
}
