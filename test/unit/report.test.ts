// What `report` knows of a deployment that runs, ended, or was killed: one document, and the environment's lease.
import { beforeEach, expect, test } from "vitest"
import { formatRemembered, type StepResult } from "../../ci/pipeline/model/index.js"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { Leases } from "../../ci/pipeline/steps/leases.js"
import { lastReport, record, recordBegin } from "../../ci/pipeline/steps/record.js"
import { Memory } from "./memory.js"

const lease = "leases/environments/one.json"
const started = new Date("2026-01-02T03:04:05.000Z")
const failed: StepResult[] = [{ step: "release:web", outcome: "failed", note: "pods crash" }]
const owner = { scope: "environment", name: "one" } as const
const begins = "begun 2026-01-02T03:04:05.000Z by arn:me (run "

let memory: Memory
let deployment: Deployment

beforeEach(() => {
  memory = new Memory()
  deployment = {
    ...{ stage: owner, caller: "arn:me", target: { title: "sandbox" }, sources: { commit: null } },
    leases: new Leases(memory.documents, "arn:me"),
    documents: () => memory.documents,
    mayChange: async () => {},
  } as unknown as Deployment
})

const text = async () => formatRemembered("one on sandbox", await lastReport(deployment))
/** A run that fails in one step, and looks at the report while it works. */
const run = (look = async () => {}) =>
  deployment.leases.holding(owner, async () => {
    await recordBegin(deployment, started)
    await look()
    await record(deployment, [{ step: "release:web", outcome: "failed", note: "pods crash" }], started)
  })
/** A run that was killed: it has neither written its end nor given its lease back. */
async function killed(): Promise<void> {
  const id = deployment.leases.run
  await recordBegin(deployment, started)
  const past = new Date(Date.now() - 1000).toISOString()
  await memory.write(lease, JSON.stringify({ holder: id, seen: past, until: past }))
}

test("nothing is known of what was never deployed", async () => {
  expect(await text()).toBeUndefined()
})

test("while it runs, it is running; then its report stands alone", async () => {
  let during: string | undefined
  await run(async () => {
    during = await text()
  })
  expect(during).toContain(begins)
  expect(during).toMatch(/last seen \S+\); it is running$/)
  expect(await text()).toContain("release:web: pods crash")
  expect(await text()).not.toContain("(run ")
})

test("a run that was killed did not end, and the deployment before it is named as that", async () => {
  await killed()
  expect(await text()).toMatch(/last seen \S+\); it did not end; run `deploy` again to continue it$/)
  await run()
  await killed()
  const both = String(await text())
  expect(both.indexOf("it did not end")).toBeLessThan(both.indexOf("The deployment before it that ended:"))
  expect(both).toContain("release:web: pods crash")
})

test("another run that holds the lease, such as one that destroys, does not make a killed one run", async () => {
  await killed()
  await new Leases(memory.documents, "arn:other").holding(owner, async () => {
    expect(await text()).toMatch(/\(run [0-9a-f]{8}\); it did not end/)
  })
})

test("a run that ends while the report is read has ended", async () => {
  await run(async () => {
    const read = memory.read.bind(memory)
    memory.read = async (key) => {
      if (key !== lease) return read(key)
      // It has written its report and given its lease back between the two looks.
      memory.read = read
      await record(deployment, failed, started)
      return undefined
    }
    expect(await text()).not.toContain("did not end")
  })
})
