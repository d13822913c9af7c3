// Why a hook has failed, as far as it can be seen when Helm has ended: its pods and the hook itself may be gone by then.
import { expect, test } from "vitest"
import { look, type Said } from "../../ci/pipeline/steps/release-pods.js"
import type { KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster, event, hook, object, ownedBy } from "./cluster.js"

const job = (status = {}) => object("Job before", { apiVersion: "batch/v1", status })
const backoff = "Job has reached the specified backoff limit"
const failed = (message: string) => ({ conditions: [{ type: "Failed", status: "True", message }] })

const ended = { terminated: { exitCode: 3, reason: "Error" } }
const containerStatuses = [{ name: "main", ready: false, restartCount: 0, state: ended }]
/** A pod of the hook that has failed. */
const pod = (name: string, metadata = {}) =>
  object(`Pod ${name}`, { status: { phase: "Failed", containerStatuses } }, { ...ownedBy("Job before"), ...metadata })

async function said(...objects: KubernetesObject[]): Promise<Said[]> {
  const cluster = new Cluster(objects)
  cluster.logs.set("before-1", "the hook refuses")
  cluster.logs.set("before-0", "another refusal")
  cluster.events = [
    {
      ...event("Job before", 2, "BackoffLimitExceeded", "of an earlier one"),
      involvedObject: { kind: "Job", name: "before", uid: "0" },
    },
    event("Job before", 5, "BackoffLimitExceeded", backoff),
  ]
  return (await look(cluster.kubernetes, "shop", { manifest: "", hooks: [hook("before", "Failed")] }, 3)).said
}

const words = [
  "pod before-1",
  "container main: Error, 0 restarts; ended with exit code 3 (Error)\n    | the hook refuses",
]

test("its pod is quoted, and the Job says why it has failed", async () => {
  expect(await said(job(failed(backoff)), pod("before-1"))).toEqual([["hook Job before", `failed: ${backoff}`], words])
})

test("its pod is quoted while it is being deleted, with the hook or after it", async () => {
  const deleted = pod("before-1", { deletionTimestamp: "2026-01-01T10:00:00Z" })
  expect(await said(job(), deleted)).toContainEqual(words)
  expect(await said(deleted)).toContainEqual(words)
})

test("of a pod that is gone, the Job's condition is left", async () => {
  const late = "Job was active longer than specified deadline"
  expect(await said(job(failed(late)))).toContainEqual(["hook Job before", `failed: ${late}`])
})

test("of a Job that is gone, its last event is left", async () => {
  expect(await said()).toEqual([
    ["hook Job before", "failed"],
    ["Job before", `BackoffLimitExceeded: ${backoff}`],
  ])
})

test("what an earlier Job of that name has left behind is not quoted", async () => {
  const earlier = pod("before-0", { ownerReferences: [{ kind: "Job", name: "before", uid: "0" }] })
  expect((await said(job(failed(backoff)), earlier)).map(([about]) => about)).toEqual(["hook Job before"])
})
