// Carrying out a graph: which steps are applied, and by which of two runs.
import { beforeEach, expect, test, vi } from "vitest"
import type { Graph, Owner } from "../../ci/pipeline/model/index.js"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { execute } from "../../ci/pipeline/steps/execute.js"
import { Leases } from "../../ci/pipeline/steps/leases.js"
import { Memory } from "./memory.js"

let applied: string[]
let missing: string[]
let working: () => Promise<void>
let looks: number

// A step that is not missing is found as it should be.
vi.mock("../../ci/pipeline/steps/index.js", () => ({
  workFor: ({ id }: { id: string }) => ({
    inspect: async () => {
      looks++
      return missing.includes(id)
    },
    plan: (found: boolean) =>
      found ? { action: "create", why: "not there" } : { action: "unchanged", why: "as it should be" },
    apply: async () => {
      await working()
      applied.push(id)
      missing = missing.filter((one) => one !== id)
    },
    keep: () => ({ version: "1" }),
  }),
}))

beforeEach(() => {
  applied = []
  missing = []
  looks = 0
  working = async () => {}
  memory = new Memory()
  vi.spyOn(console, "log").mockImplementation(() => {})
})

const graph = {
  steps: [
    { id: "infra:account", needs: [], stage: { scope: "account", name: "1" } },
    { id: "infra:cluster", needs: ["infra:account"], stage: { scope: "cluster", name: "main" } },
  ],
}
let memory: Memory
const outcomes = async (always?: string) => {
  const leases = new Leases(memory.documents, "arn:me")
  const stage: Owner = { scope: "environment", name: "one" }
  const deployment = { stage, leases, mayChange: (of = stage) => leases.check(stage, of) } as unknown as Deployment
  const results = await execute(graph as unknown as Graph, deployment, always)
  return results.map(({ step, outcome }) => `${step} ${outcome}`)
}

test("what is as it should be is left alone", async () => {
  const write = vi.spyOn(memory, "writeIf")
  expect(await outcomes()).toEqual(["infra:account unchanged", "infra:cluster unchanged"])
  expect(applied).toEqual([])
  expect(looks).toBe(2)
  expect(write, "no lease is needed for it").not.toHaveBeenCalled()
})

test("what is asked for is applied all the same, and nothing else", async () => {
  expect(await outcomes("infra:cluster")).toEqual(["infra:account unchanged", "infra:cluster updated"])
  expect(applied).toEqual(["infra:cluster"])
})

test("what two runs share is done by one of them; the other waits, and finds it done", async () => {
  missing = ["infra:cluster"]
  working = () => new Promise((resolve) => setTimeout(resolve, 100))
  const both = await Promise.all([outcomes(), outcomes()])
  expect(both.map(([, cluster]) => cluster).sort()).toEqual(["infra:cluster created", "infra:cluster unchanged"])
  expect(applied).toEqual(["infra:cluster"])
  expect(memory.objects.size).toBe(0)
})

test("what a run that works on needs no more is not waited for", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
  missing = ["infra:cluster"]
  const other = new Leases(memory.documents, "arn:other")
  // A deployment of the cluster, which goes on for an hour after its infrastructure.
  const hour = () => new Promise<void>((resolve) => setTimeout(resolve, 3_600_000))
  const theirs = other.holding({ scope: "cluster", name: "main" }, hour, { whole: true })
  await vi.advanceTimersByTimeAsync(1_000)
  let ended: string[] = []
  const own = outcomes().then((all) => {
    ended = all
  })
  await vi.advanceTimersByTimeAsync(600_000)
  expect(ended).toEqual([])
  missing = []
  await vi.advanceTimersByTimeAsync(60_000)
  expect(ended).toEqual(["infra:account unchanged", "infra:cluster unchanged"])
  await own
  expect(applied).toEqual([])
  await vi.advanceTimersByTimeAsync(3_600_000)
  await theirs
  vi.useRealTimers()
})

test("a run that works for longer than anybody waits fails the step, and says whose it is", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "setInterval", "clearInterval", "Date"] })
  missing = ["infra:cluster"]
  const twoHours = () => new Promise<void>((resolve) => setTimeout(resolve, 7_200_000))
  const theirs = new Leases(memory.documents, "arn:other").holding({ scope: "cluster", name: "main" }, twoHours)
  await vi.advanceTimersByTimeAsync(1_000)
  const own = outcomes()
  await vi.advanceTimersByTimeAsync(1_900_000)
  expect(await own).toEqual(["infra:account unchanged", "infra:cluster failed"])
  await vi.advanceTimersByTimeAsync(7_200_000)
  await theirs
  vi.useRealTimers()
})

test("the lease is given back when a step fails", async () => {
  missing = ["infra:cluster"]
  working = async () => Promise.reject(new Error("AWS refuses"))
  expect(await outcomes()).toEqual(["infra:account unchanged", "infra:cluster failed"])
  expect(memory.objects.size).toBe(0)
})
