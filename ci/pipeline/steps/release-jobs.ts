// Keeps the Jobs of a release that delete themselves for as long as Helm waits.
//
// Helm waits until every object of the manifest is ready at the same time. A Job with ttlSecondsAfterFinished that has ended
// and is gone before the slowest one is ready is to Helm a Job that is not there, and the wait fails at its timeout.
import type { Kubernetes, KubernetesObject } from "../tools/kubernetes.js"
import { liveObjects, objectsOf } from "./release-objects.js"

/** Seconds that a Job is kept: longer than any wait, and not for ever where a run is killed. */
const long = 24 * 60 * 60

/** The Jobs of one release. */
export class Jobs {
  /** How many seconds the chart gives each Job, by path. */
  private readonly kept = new Map<string, number>()

  constructor(
    private readonly kubernetes: Kubernetes,
    private readonly namespace: string,
  ) {}

  /** Keeps those of a manifest that are there. Helm sets the chart's own value whenever it applies one, so it is called often. */
  async keep(manifest: string): Promise<void> {
    const mortal = objectsOf(manifest).filter(({ object }) => (secondsOf(object) ?? long) < long)
    for (const { path, object, live } of await liveObjects(this.kubernetes, this.namespace, mortal)) {
      const seconds = secondsOf(object)
      if (seconds === undefined || secondsOf(live) === long) continue
      this.kept.set(path, seconds)
      await this.set(path, long)
    }
  }

  /** Gives those that are still kept the chart's own value again: the time that has gone by since they ended counts. */
  async letGo(): Promise<void> {
    for (const [path, seconds] of this.kept) {
      const live = await this.kubernetes.get(path)
      if (live && secondsOf(live) === long) await this.set(path, seconds)
    }
  }

  private set(path: string, ttlSecondsAfterFinished: number): Promise<void> {
    return this.kubernetes.merge(path, { spec: { ttlSecondsAfterFinished } })
  }
}

const secondsOf = ({ kind, spec }: KubernetesObject): number | undefined =>
  kind === "Job" || kind === undefined
    ? (spec as { ttlSecondsAfterFinished?: number } | undefined)?.ttlSecondsAfterFinished
    : undefined
