// Watches a release while Helm waits for it, and says what it waits for whenever that changes.
import { lastOf, together } from "../model/index.js"
import { content, history, ofRemoval } from "../tools/helm-records.js"
import type { Kubernetes } from "../tools/kubernetes.js"
import { learnSecrets } from "../tools/kubernetes-secrets.js"
import { Jobs } from "./release-jobs.js"
import { look, type Said, type Words } from "./release-pods.js"

/** Milliseconds between two looks. */
const interval = 1_500

/** How many of a crashing container's last lines are said while it is waited for. */
const lines = 3

/** A watch over one release. */
export class Watch {
  /** What the pods of hooks said last: Helm may delete them as soon as they have failed. */
  hooks: Said[] = []
  /** Jobs that must not go while the release is waited for; let go when all has been said about it. */
  readonly jobs: Jobs
  private readonly words: Words = new Map()

  /**
   * @param kubernetes the cluster
   * @param namespace the release's namespace
   * @param name the release's name
   * @param say is given each line
   */
  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly namespace: string,
    private readonly name: string,
    private readonly say: (line: string) => void,
  ) {
    this.jobs = new Jobs(kubernetes, namespace)
  }

  /** Watches until some work is done, and returns or throws what the work does. */
  async during<T>(work: Promise<T>): Promise<T> {
    let over = false
    const finished = work.then(
      () => {},
      () => {},
    )
    const end = finished.then(() => {
      over = true
    })
    let before: string[] = []
    await learnSecrets(this.kubernetes, this.namespace).catch(() => {})
    while (!over) {
      await Promise.race([end, new Promise((resolve) => setTimeout(resolve, interval))])
      // A look that fails is no reason to disturb the work: the next one may succeed.
      if (!over) before = await this.report(before).catch(() => before)
    }
    return work
  }

  private async report(before: string[]): Promise<string[]> {
    const { kubernetes, namespace, name } = this
    const last = lastOf(await history(kubernetes, namespace, name))
    const removes = last?.status === "uninstalling"
    if (!last || !(removes || last.status.startsWith("pending"))) return before
    const { manifest, hooks } = await content(kubernetes, namespace, name, last.revision)
    if (!removes) await this.jobs.keep(manifest)
    // Objects that are being deleted are not ready: there is nothing to say of them.
    const made = removes ? { manifest: "", hooks: hooks.filter(ofRemoval) } : { manifest, hooks }
    const sight = await look(kubernetes, namespace, made, lines, this.words)
    if (removes && !sight.hook) this.hooks = []
    if (sight.hook && (this.hooks.length === 0 || sight.said.some(([about]) => about.startsWith("pod "))))
      this.hooks = sight.said
    const now = together(sight.said)
    for (const line of now.filter((one) => !before.includes(one))) this.say(`waiting for ${line}`)
    return now
  }
}
