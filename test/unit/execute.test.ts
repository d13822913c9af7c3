// Carrying out a graph: which steps are applied.
import { beforeEach, expect, test, vi } from "vitest"
import type { Graph } from "../../ci/pipeline/model/index.js"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { execute } from "../../ci/pipeline/steps/execute.js"

let applied: string[]

// Every step is found as it should be.
vi.mock("../../ci/pipeline/steps/index.js", () => ({
  stepFor: ({ id }: { id: string }) => ({
    inspect: async () => ({}),
    plan: () => ({ action: "unchanged", why: "as it should be" }),
    apply: async () => applied.push(id),
    outputs: () => ({ version: "1" }),
  }),
}))

beforeEach(() => {
  applied = []
  vi.spyOn(console, "log").mockImplementation(() => {})
})

const graph = {
  steps: [
    { id: "infra:account", needs: [] },
    { id: "infra:cluster", needs: ["infra:account"] },
  ],
}
const outcomes = async (always?: string) => {
  const deployment = { keep: () => {}, mayChange: async () => {} } as unknown as Deployment
  const results = await execute(graph as unknown as Graph, deployment, always)
  return results.map(({ step, outcome }) => `${step} ${outcome}`)
}

test("what is as it should be is left alone", async () => {
  expect(await outcomes()).toEqual(["infra:account unchanged", "infra:cluster unchanged"])
  expect(applied).toEqual([])
})

test("what is asked for is applied all the same, and nothing else", async () => {
  expect(await outcomes("infra:cluster")).toEqual(["infra:account unchanged", "infra:cluster updated"])
  expect(applied).toEqual(["infra:cluster"])
})
