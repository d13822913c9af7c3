// Jobs that delete themselves are kept while Helm waits, and get the chart's own value again.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Watch } from "../../ci/pipeline/steps/release-watch.js"
import { Cluster } from "./cluster.js"

const job = (name: string, more: string) =>
  `apiVersion: batch/v1\nkind: Job\nmetadata: { name: ${name} }\nspec: { ${more} }\n`
const manifest = [job("short", "ttlSecondsAfterFinished: 0"), job("stays", "parallelism: 1")].join("---\n")
const path = (name: string) => `/apis/batch/v1/namespaces/shop/jobs/${name}`
const day = 86_400

let cluster: Cluster
let watch: Watch
const seconds = (name: string) =>
  (cluster.objects.get(path(name))?.spec as { ttlSecondsAfterFinished?: number } | undefined)?.ttlSecondsAfterFinished

beforeEach(() => {
  vi.useFakeTimers()
  cluster = new Cluster()
  watch = new Watch(cluster.kubernetes, "shop", "web", () => {})
})
afterEach(() => vi.useRealTimers())

/** Watches while Helm waits for some seconds. */
async function waits(forSeconds: number): Promise<void> {
  const work = watch.during(new Promise<void>((resolve) => setTimeout(resolve, forSeconds * 1000)))
  await vi.advanceTimersByTimeAsync(forSeconds * 1000 + 10)
  await work
}

test("a Job is kept while it is waited for, and longer: until what its pods said has been read", async () => {
  cluster.install("shop", "web", { status: "pending-install", manifest })
  await waits(2)
  expect([seconds("short"), seconds("stays")]).toEqual([day, undefined])
  await watch.jobs.letGo()
  expect(seconds("short")).toBe(0)
})

test("one that Helm applies meanwhile is kept again", async () => {
  cluster.install("shop", "web", { status: "pending-upgrade", manifest })
  await waits(2)
  cluster.install("shop", "web", { status: "pending-upgrade", manifest })
  await waits(2)
  expect(seconds("short")).toBe(day)
})

test("what has been gone back to, or is gone, is left as it is", async () => {
  cluster.install("shop", "web", { status: "pending-upgrade", manifest })
  await waits(2)
  cluster.install("shop", "web", { manifest: job("short", "ttlSecondsAfterFinished: 7") })
  await watch.jobs.letGo()
  expect(seconds("short")).toBe(7)
  cluster.objects.delete(path("short"))
  await watch.jobs.letGo()
  expect(cluster.objects.has(path("short"))).toBe(false)
})

test("nothing is kept of a release that is being uninstalled", async () => {
  cluster.install("shop", "web", { status: "uninstalling", manifest })
  await waits(2)
  expect(seconds("short")).toBe(0)
})
