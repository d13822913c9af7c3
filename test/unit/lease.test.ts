// Leases: one holder at a time, a killed holder's lease ends, and work that fails gives its lease back.
import { beforeEach, expect, test } from "vitest"
import { holding } from "../../ci/pipeline/steps/lease.js"
import { Memory } from "./memory.js"

let memory: Memory
const hold = <T>(work: () => Promise<T>) =>
  holding(memory.documents, { name: "test", caller: "arn:aws:sts::1:assumed-role/deploy/me", patience: 0 }, work)

beforeEach(() => {
  memory = new Memory()
})

test("the second run is refused with who holds the lease; the first is not disturbed", async () => {
  const result = await hold(async () => {
    await expect(hold(async () => "second")).rejects.toThrow(
      /held by arn:aws:sts::1:assumed-role\/deploy\/me \(run [0-9a-f]{8}, last seen .*nothing was done/,
    )
    return "first"
  })
  expect(result).toBe("first")
  expect(memory.objects.size).toBe(0)
})

test("of two runs at the same moment exactly one works", async () => {
  let release = () => {}
  const gate = new Promise<void>((resolve) => (release = resolve))
  const runs = Promise.allSettled([hold(() => gate), hold(() => gate)])
  await new Promise((resolve) => setTimeout(resolve, 50))
  release()
  const results = await runs
  expect(results.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
})

test("a lease that nobody renewed is free", async () => {
  const past = new Date(Date.now() - 1000).toISOString()
  await memory.write("leases/test.json", JSON.stringify({ holder: "killed", seen: past, until: past }))
  expect(await hold(async () => "work")).toBe("work")
})

test("a run whose lease has ended and gone to another one leaves it to that", async () => {
  const theirs = JSON.stringify({ holder: "other", seen: "now", until: "later" })
  await hold(() => memory.write("leases/test.json", theirs))
  expect(memory.objects.get("leases/test.json")?.text).toBe(theirs)
})

test("work that fails gives the lease back", async () => {
  await expect(hold(async () => Promise.reject(new Error("failed")))).rejects.toThrow("failed")
  expect(memory.objects.size).toBe(0)
})
