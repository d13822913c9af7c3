// The leases of one run: its work shares them, and each goes when nothing of the run needs it any more.
import { beforeEach, expect, test, vi } from "vitest"
import { Leases } from "../../ci/pipeline/steps/leases.js"
import { Memory } from "./memory.js"

const cluster = { scope: "cluster", name: "main" } as const
const environment = { scope: "environment", name: "one" } as const

let memory: Memory
let leases: Leases

beforeEach(() => {
  vi.restoreAllMocks()
  memory = new Memory()
  leases = new Leases(memory.documents, "arn:me")
  vi.spyOn(console, "log").mockImplementation(() => {})
})

const held = () => [...memory.objects.keys()].sort()
/** Work that lasts until it is told to end. */
function lasting() {
  let end = () => {}
  const work = new Promise<void>((resolve) => {
    end = resolve
  })
  return { work: () => work, end: () => end() }
}

test("each owner has one, named after it", async () => {
  await leases.holding(environment, async () => {
    await leases.holding(cluster, async () => {
      expect(held()).toEqual(["leases/clusters/main.json", "leases/environments/one.json"])
    })
    expect(held()).toEqual(["leases/environments/one.json"])
  })
  expect(held()).toEqual([])
})

test("work of one run shares it; it is given back with the last that ends", async () => {
  const [first, second] = [lasting(), lasting()]
  const fresh: boolean[] = []
  const runs = [first, second].map(({ work }) =>
    leases.holding(cluster, async (taken) => {
      fresh.push(taken)
      await work()
    }),
  )
  await vi.waitFor(() => expect(fresh).toEqual([true, true]))
  await leases.holding(cluster, async (taken) => fresh.push(taken))
  first.end()
  await runs[0]
  expect(held()).toEqual(["leases/clusters/main.json"])
  second.end()
  await runs[1]
  // What joins work that goes on has seen all that there is; what takes the lease has not.
  expect(fresh).toEqual([true, true, false])
  expect(held()).toEqual([])
})

test("a deployment is refused while another one is at work; work that fails gives the lease back", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
  const other = new Leases(memory.documents, "arn:other")
  const refused = leases.holding(
    cluster,
    async () => {
      const second = expect(other.holding(cluster, async () => "second", { whole: true })).rejects.toThrow(
        /is held by arn:me/,
      )
      await vi.advanceTimersByTimeAsync(40_000)
      await second
      throw new Error("the work fails")
    },
    { whole: true },
  )
  await expect(refused).rejects.toThrow("the work fails")
  vi.useRealTimers()
  expect(await other.holding(cluster, async () => "second", { whole: true })).toBe("second")
})

test.each([
  ["a deployment", true, "a step of another one", false],
  ["a step", false, "a deployment", true],
])("%s waits for %s", async (_, whole, __, other) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
  const first = lasting()
  const working = new Leases(memory.documents, "arn:other").holding(cluster, first.work, { whole: other })
  await vi.advanceTimersByTimeAsync(1_000)
  let done = false
  const second = leases.holding(cluster, async () => (done = true), { whole })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(done).toBe(false)
  first.end()
  await working
  await vi.advanceTimersByTimeAsync(3_000)
  await second
  expect(done).toBe(true)
  vi.useRealTimers()
})

test("patience ends, with whose lease it is and until when", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
  const first = lasting()
  const working = new Leases(memory.documents, "arn:other").holding(cluster, first.work)
  await vi.advanceTimersByTimeAsync(1_000)
  const second = expect(leases.holding(cluster, async () => {}, { patience: 300 })).rejects.toThrow(
    /clusters\/main\.json is held by arn:other \(run .*; nothing was done\. .*its lease ends at 20/,
  )
  await vi.advanceTimersByTimeAsync(303_000)
  await second
  first.end()
  await working
  vi.useRealTimers()
})

test("what a run could not give back is its own: it waits for nobody", async () => {
  const remove = vi.spyOn(memory, "removeIf").mockRejectedValueOnce(new Error("no route to S3"))
  await leases.holding(cluster, async () => {})
  expect(held()).toEqual(["leases/clusters/main.json"])
  expect(await leases.holding(cluster, async (fresh) => fresh)).toBe(true)
  expect(remove).toHaveBeenCalledTimes(2)
  expect(held()).toEqual([])
})

test("it is taken again only when it was given back", async () => {
  const removing = lasting()
  const remove = memory.removeIf.bind(memory)
  vi.spyOn(memory, "removeIf").mockImplementation(async (...args) => {
    await removing.work()
    await remove(...args)
  })
  const first = leases.holding(cluster, async () => {})
  await vi.waitFor(() => expect(memory.removeIf).toHaveBeenCalled())
  const second = leases.holding(cluster, async (fresh) => fresh)
  removing.end()
  await first
  expect(await second).toBe(true)
  expect(held()).toEqual([])
})

test("a change is refused as soon as the lease of its owner is another run's", async () => {
  await leases.holding(environment, async () => {
    await leases.holding(cluster, async () => {
      await leases.check(environment, cluster)
      const later = new Date(Date.now() + 300_000).toISOString()
      await memory.write("leases/clusters/main.json", JSON.stringify({ holder: "x", seen: later, until: later }))
      vi.spyOn(Date, "now").mockReturnValue(Date.now() + 100_000)
      await expect(leases.check(environment, cluster)).rejects.toThrow(
        /another run has taken leases\/clusters\/main\.json/,
      )
      await leases.check(environment)
      vi.mocked(Date.now).mockRestore()
    })
  })
})
