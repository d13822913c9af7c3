// Taking away what an environment owns in a cluster, and how long that may take.
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { destroyRelease } from "../../ci/pipeline/steps/removal.js"
import { Cluster } from "./cluster.js"

const namespace = "/api/v1/namespaces/shop"
let cluster: Cluster
let deployment: Deployment
const owner = { scope: "environment", name: "one" } as const

beforeEach(() => {
  vi.useFakeTimers()
  cluster = new Cluster()
  const labels = { "wallet-world.environment": "one" }
  cluster.objects.set(namespace, { metadata: { name: "shop", labels } })
  cluster.install("shop", "web", { manifest: "", labels })
  deployment = {
    stage: owner,
    kubernetes: async () => cluster.kubernetes,
    helm: async () => cluster.helm,
  } as unknown as Deployment
})
afterEach(() => vi.useRealTimers())

/** A namespace that takes so many seconds to go. */
function takes(seconds: number): void {
  const remove = cluster.kubernetes.remove
  cluster.kubernetes.remove = async (path) => {
    if (path === namespace) setTimeout(() => void remove(path), seconds * 1000)
    else await remove(path)
  }
}

test("a release that is ready in 5 seconds may take longer to go, and its namespace, too", async () => {
  takes(290)
  const destroyed = destroyRelease(deployment, owner, "shop", "web", 5)
  await vi.advanceTimersByTimeAsync(295_000)
  expect(await destroyed).toEqual([])
  expect(cluster.asked).toEqual(["uninstall web within 300 s"])
  expect(cluster.objects.has(namespace)).toBe(false)
})

test("a longer timeout counts, and ends: the error says what is still there", async () => {
  takes(1000)
  const destroyed = expect(destroyRelease(deployment, owner, "shop", "web", 600)).rejects.toThrow(
    "namespace shop is still being deleted after 600 s",
  )
  await vi.advanceTimersByTimeAsync(605_000)
  await destroyed
  expect(cluster.asked).toEqual(["uninstall web within 600 s"])
})
