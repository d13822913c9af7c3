// Says why a release did not become ready: the state of its pods, and the last words of containers that crash.
import type { Kubectl } from "../tools/kubectl.js"

interface Ended {
  reason: string
  exitCode: number
  message?: string
}

interface ContainerStatus {
  name: string
  ready: boolean
  restartCount: number
  state: { waiting?: { reason: string; message?: string }; terminated?: Ended }
  lastState?: { terminated?: Ended }
}

interface Pod {
  metadata: { name: string }
  status: {
    phase: string
    conditions?: { type: string; status: string; message?: string }[]
    initContainerStatuses?: ContainerStatus[]
    containerStatuses?: ContainerStatus[]
  }
}

const logLines = 15

/**
 * What is wrong with a release's pods, one paragraph a pod.
 *
 * @param kubectl kubectl for the cluster
 * @param namespace the release's namespace
 * @param release the release's name
 * @returns text for an error; never throws, because it is called while another error is reported
 */
export async function diagnose(kubectl: Kubectl, namespace: string, release: string): Promise<string> {
  try {
    // A tenant's Secrets are made by somebody else, and a chart may make its own.
    await kubectl.learnSecrets(namespace)
    const pods = await kubectl.list<Pod>("pods", "-n", namespace, "-l", `app.kubernetes.io/instance=${release}`)
    const reports = await Promise.all(pods.map((pod) => podReport(kubectl, namespace, pod)))
    const wrong = reports.filter((report) => report !== "")
    return wrong.length > 0 ? wrong.join("\n") : `no pod of ${release} in ${namespace} reports a problem`
  } catch (error) {
    return `its pods could not be looked at: ${(error as Error).message}`
  }
}

async function podReport(kubectl: Kubectl, namespace: string, { metadata, status }: Pod): Promise<string> {
  const statuses = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]
  const failing = statuses.filter(({ ready, state }) => !ready && !(state.terminated?.exitCode === 0))
  const unscheduled = status.conditions?.find(({ type, status: s }) => type === "PodScheduled" && s === "False")
  if (failing.length === 0 && !unscheduled) return ""
  const containers = await Promise.all(
    failing.map(async ({ name, restartCount, state, lastState }) => {
      // One that crashes is found waiting for its next start, ended, or, for a moment, running.
      const { reason = status.phase, message = "" } = state.waiting ?? {}
      const ended = state.terminated ?? lastState?.terminated
      const how = ended ? `; ended with exit code ${ended.exitCode} (${ended.reason}) ${ended.message ?? ""}` : ""
      const log = await lastWords(kubectl, namespace, metadata.name, name, restartCount > 0)
      return `  container ${name}: ${state.terminated?.reason ?? reason}, ${restartCount} restarts ${message}${how}\n${log}`
    }),
  )
  return [`pod ${metadata.name}: ${unscheduled?.message ?? status.phase}`, ...containers].join("\n")
}

/** What a container said before it ended; where that is gone, or it has not ended yet, what it says now. */
async function lastWords(kubectl: Kubectl, namespace: string, pod: string, container: string, restarted: boolean) {
  const args = ["logs", pod, "-n", namespace, "-c", container, `--tail=${logLines}`]
  const before = restarted ? await kubectl.run(...args, "--previous").catch(() => "") : ""
  const log = before || (await kubectl.run(...args).catch(() => ""))
  return log.replace(/^/gm, "    | ").trimEnd()
}
