// Why a release is not ready, where only events say it: what refuses pods, and claims that get no volume.
import { describe, expect, test } from "vitest"
import { together } from "../../ci/pipeline/model/index.js"
import { look } from "../../ci/pipeline/steps/release-pods.js"
import type { Hook } from "../../ci/pipeline/tools/helm-records.js"
import type { KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster, event, hook, manifestOf, object, ownedBy } from "./cluster.js"

const apps = (title: string, status = {}, metadata = {}) =>
  object(title, { apiVersion: "apps/v1", spec: {}, status }, metadata)
const claim = (name: string) => object(`PersistentVolumeClaim ${name}`, { status: { phase: "Pending" } })
const refusal = (pod: string) => `pods "${pod}" is forbidden: violates PodSecurity "restricted:latest"`
const refused = "FailedCreate: a pod is forbidden: violates PodSecurity"

async function said(cluster: Cluster, objects: KubernetesObject[], hooks: Hook[] = []): Promise<string[]> {
  return together((await look(cluster.kubernetes, "shop", { manifest: manifestOf(...objects), hooks }, 3)).said)
}

describe("pods that are refused", () => {
  test.each([
    ["StatefulSet db", `Create Pod db-0 in StatefulSet db failed error: ${refusal("db-0")}`],
    ["DaemonSet agent", `(combined from similar events): Error creating: ${refusal("agent-x2k4f")}`],
    ["ReplicaSet web", `Error creating: ${refusal("web-x2k4f")}`],
    ["Job seed", `Error creating: ${refusal("seed-x2k4f")}`],
  ])("of a %s", async (title, message) => {
    const one = apps(title, {}, {})
    if (title.startsWith("Job")) one.apiVersion = "batch/v1"
    const cluster = new Cluster([one])
    cluster.events = [event(title, 0, "FailedCreate", message)]
    expect(await said(cluster, [one])).toContainEqual(expect.stringContaining(`${title}: ${refused}`))
  })

  test("of what an object of the release owns, said once and not once per pod", async () => {
    const web = apps("Deployment web")
    const cluster = new Cluster([web, apps("ReplicaSet web-1", {}, ownedBy("Deployment web"))])
    cluster.events = ["a", "b", "c"].map((pod, minute) =>
      event("ReplicaSet web-1", minute, "FailedCreate", `Error creating: ${refusal(`web-1-${pod}`)}`),
    )
    expect(await said(cluster, [web])).toEqual([
      "Deployment web: 0 of 1 updated",
      expect.stringContaining(`ReplicaSet web-1: ${refused}`),
    ])
  })

  test("are not said twice, where the object itself says so, too", async () => {
    const condition = { type: "ReplicaFailure", status: "True", message: refusal("web-1-aaaaa") }
    const web = apps("Deployment web", { conditions: [condition] })
    const cluster = new Cluster([web, apps("ReplicaSet web-1", {}, ownedBy("Deployment web"))])
    cluster.events = [event("ReplicaSet web-1", 0, "FailedCreate", `Error creating: ${refusal("web-1-bbbbb")}`)]
    expect(await said(cluster, [web])).toEqual([`Deployment web: ${refusal("web-1-aaaaa")}`])
  })

  test("are said of each object, though another one says the same of itself", async () => {
    const condition = { type: "ReplicaFailure", status: "True", message: refusal("web-1-aaaaa") }
    const [web, db] = [apps("Deployment web", { conditions: [condition] }), apps("StatefulSet db")]
    const cluster = new Cluster([web, db])
    cluster.events = [event("StatefulSet db", 0, "FailedCreate", `Error creating: ${refusal("db-0")}`)]
    expect(await said(cluster, [web, db])).toContainEqual(expect.stringContaining(`StatefulSet db: ${refused}`))
  })

  test("of a hook", async () => {
    const job = object("Job before", { apiVersion: "batch/v1" })
    const cluster = new Cluster([job])
    cluster.events = [event("Job before", 0, "FailedCreate", `Error creating: ${refusal("before-x2k4f")}`)]
    expect(await said(cluster, [], [hook("before", "Running")])).toEqual([
      "hook Job before: has not ended",
      expect.stringContaining(`Job before: ${refused}`),
    ])
  })
})

describe("claims without a volume", () => {
  const missing = 'storageclass.storage.k8s.io "fast" not found'

  test("of the release itself", async () => {
    const cluster = new Cluster([claim("data")])
    cluster.events = [event("PersistentVolumeClaim data", 0, "ProvisioningFailed", missing)]
    expect(await said(cluster, [claim("data")])).toEqual([
      "PersistentVolumeClaim data: not bound",
      `PersistentVolumeClaim data: ProvisioningFailed: ${missing}`,
    ])
  })

  test("of a pod behind it; what is no warning is better than nothing", async () => {
    const db = apps("StatefulSet db")
    const volumes = [{ persistentVolumeClaim: { claimName: "data-db-0" } }]
    const pod = object("Pod db-0", { spec: { volumes }, status: {} }, ownedBy("StatefulSet db"))
    const cluster = new Cluster([db, pod, claim("data-db-0")])
    cluster.events = [event("PersistentVolumeClaim data-db-0", 0, "FailedBinding", "no storage class is set", "Normal")]
    expect(await said(cluster, [db])).toContain(
      "PersistentVolumeClaim data-db-0: FailedBinding: no storage class is set",
    )
  })
})

test("only the newest warning counts, and none about an earlier object of that name", async () => {
  const db = apps("StatefulSet db")
  const cluster = new Cluster([db])
  const earlier = event("StatefulSet db", 9, "FailedCreate", "earlier")
  earlier.involvedObject.uid = "another"
  cluster.events = [
    event("StatefulSet db", 3, "FailedCreate", "exceeded quota"),
    earlier,
    event("StatefulSet db", 1, "FailedCreate", "older"),
    event("StatefulSet db", 4, "SuccessfulCreate", "created", "Normal"),
  ]
  expect(await said(cluster, [db])).toEqual([
    "StatefulSet db: 0 of 1 ready",
    "StatefulSet db: FailedCreate: exceeded quota",
  ])
})

test("what is ready is not complained about, whatever has happened to it", async () => {
  const web = apps("Deployment web")
  const old = apps("ReplicaSet web-0", {}, ownedBy("Deployment web"))
  old.spec = { replicas: 0 }
  const cluster = new Cluster([web, old])
  cluster.events = [event("ReplicaSet web-0", 0, "FailedCreate", "exceeded quota")]
  expect(await said(cluster, [web])).toEqual(["Deployment web: 0 of 1 updated"])
})
