// Whether an object of Kubernetes is ready, and what keeps a pod from being so, as the API describes them.
import { describe, expect, test } from "vitest"
import { changedFields, together, troubles, unready, type WaitingPod } from "../../../ci/pipeline/model/index.js"

const condition = (type: string, status: string, more = {}) => ({ type, status, ...more })
const of = (apiVersion: string, kind: string, spec: object = {}, status: object = {}, metadata: object = {}) =>
  unready({ apiVersion, kind, spec, status, metadata })
const apps = (kind: string, spec: object, status: object, metadata = {}) => of("apps/v1", kind, spec, status, metadata)
const available = [condition("Available", "True")]

describe("ready", () => {
  const full = { updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, replicas: 2, conditions: available }
  test.each([
    ["a Deployment with all of its pods", apps("Deployment", { replicas: 2 }, full)],
    ["one of no pods", apps("Deployment", { replicas: 0 }, { conditions: available })],
    ["one that is paused", apps("Deployment", { replicas: 2, paused: true }, {})],
    [
      "a StatefulSet",
      apps("StatefulSet", {}, { readyReplicas: 1, replicas: 1, currentRevision: "a", updateRevision: "a" }),
    ],
    ["one that is updated by hand", apps("StatefulSet", { updateStrategy: { type: "OnDelete" } }, {})],
    [
      "a DaemonSet that is updated by hand",
      apps(
        "DaemonSet",
        { updateStrategy: { type: "OnDelete" } },
        { desiredNumberScheduled: 1, updatedNumberScheduled: 0, numberReady: 1, numberAvailable: 1 },
      ),
    ],
    ["a DaemonSet without nodes", apps("DaemonSet", {}, { desiredNumberScheduled: 0 })],
    ["a Job that is complete", of("batch/v1", "Job", {}, { conditions: [condition("Complete", "True")] })],
    ["a claim that is bound", of("v1", "PersistentVolumeClaim", {}, { phase: "Bound" })],
    ["a ConfigMap", of("v1", "ConfigMap")],
    ["a custom resource without conditions", of("example.org/v1", "Thing")],
    ["one that is ready", of("example.org/v1", "Thing", {}, { conditions: [condition("Ready", "True")] })],
    ["a pod that has ended well", of("v1", "Pod", {}, { phase: "Succeeded" })],
    ["a Service", of("v1", "Service", { type: "ClusterIP" })],
  ])("%s", (_, lacking) => expect(lacking).toBeUndefined())
})

describe("not ready, and why", () => {
  test.each([
    ["pods that are missing", apps("Deployment", {}, {}), "0 of 1 updated"],
    [
      "an update under way",
      apps("Deployment", { replicas: 2 }, { updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, replicas: 3 }),
      "1 too many",
    ],
    [
      "pods that Kubernetes refuses to make",
      apps(
        "Deployment",
        {},
        { conditions: [condition("ReplicaFailure", "True", { message: "violates PodSecurity" })] },
      ),
      "violates PodSecurity",
    ],
    [
      "a change that nobody has seen yet",
      apps("Deployment", {}, { observedGeneration: 1 }, { generation: 2 }),
      "not yet observed by its controller",
    ],
    [
      "a DaemonSet",
      apps("DaemonSet", {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 2, numberReady: 1 }),
      "1 of 2 ready",
    ],
    ["a new DaemonSet", apps("DaemonSet", {}, {}), "not yet observed by its controller"],
    ["a StatefulSet", apps("StatefulSet", { replicas: 3 }, { readyReplicas: 1, replicas: 3 }), "1 of 3 ready"],
    [
      "a StatefulSet with pods of before",
      apps("StatefulSet", {}, { readyReplicas: 1, replicas: 1, currentRevision: "a", updateRevision: "b" }),
      "0 of 1 updated",
    ],
    ["a Job that runs", of("batch/v1", "Job"), "not complete"],
    [
      "a Job that failed",
      of(
        "batch/v1",
        "Job",
        {},
        { conditions: [condition("Failed", "True", { message: "reached the backoff limit" })] },
      ),
      "failed: reached the backoff limit",
    ],
    ["a claim that waits", of("v1", "PersistentVolumeClaim", {}, { phase: "Pending" }), "not bound"],
    [
      "a custom resource",
      of(
        "external-secrets.io/v1",
        "ExternalSecret",
        {},
        { conditions: [condition("Ready", "False", { message: "no such key" })] },
      ),
      "no such key",
    ],
    [
      "one that is stalled",
      of("example.org/v1", "Thing", {}, { conditions: [condition("Stalled", "True", { reason: "Broken" })] }),
      "Broken",
    ],
    [
      "what is being deleted",
      of("v1", "ConfigMap", {}, {}, { deletionTimestamp: "2026-01-01T00:00:00Z" }),
      "being deleted",
    ],
  ])("%s", (_, lacking, words) => expect(lacking).toBe(words))
})

describe("what a pod does", () => {
  const pod = (container: object, more: object = {}): WaitingPod => ({
    metadata: { name: "web-1" },
    status: {
      phase: "Pending",
      containerStatuses: [{ name: "web", image: "shop/web:1", ready: false, restartCount: 0, ...container }],
      ...more,
    },
  })
  const words = (...args: Parameters<typeof troubles>) => troubles(...args).map((one) => one.words)
  const event = (reason: string, message: string, type = "Normal") => ({ reason, message, type })
  const creating = { state: { waiting: { reason: "ContainerCreating" } } }

  test.each([
    ["ready: nothing", pod({}, { conditions: [condition("Ready", "True")] }), undefined, []],
    ["going away: nothing", { ...pod({}), metadata: { name: "web-1", deletionTimestamp: "now" } }, undefined, []],
    [
      "pending, and why",
      pod(
        {},
        { containerStatuses: [], conditions: [condition("PodScheduled", "False", { message: "Insufficient cpu" })] },
      ),
      undefined,
      ["pending: Insufficient cpu"],
    ],
    ["pulling", pod(creating), event("Pulling", 'Pulling image "shop/web:1"'), ["pulling shop/web:1"]],
    ["starting", pod(creating), event("Pulled", "pulled"), ["starting"]],
    ["what it waits for", pod(creating), event("FailedMount", "no volume", "Warning"), ["starting: no volume"]],
    [
      "an image that cannot be pulled, in the same words at each try",
      pod({
        state: {
          waiting: {
            reason: "ImagePullBackOff",
            message: 'Back-off pulling image "shop/web:1": ErrImagePull: not found',
          },
        },
      }),
      undefined,
      ["shop/web:1 cannot be pulled: not found"],
    ],
    [
      "a missing Secret",
      pod({ state: { waiting: { reason: "CreateContainerConfigError", message: 'secret "db" not found' } } }),
      undefined,
      ['CreateContainerConfigError: secret "db" not found'],
    ],
    [
      "crashing",
      pod({
        restartCount: 2,
        state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 20s" } },
        lastState: { terminated: { exitCode: 7, reason: "Error" } },
      }),
      undefined,
      ["CrashLoopBackOff, 2 restarts; ended with exit code 7 (Error)"],
    ],
    ["running", pod({ state: { running: {} } }), undefined, ["running, not ready yet"]],
    [
      "a probe that fails",
      pod({ state: { running: {} } }),
      event("Unhealthy", "Readiness probe failed: 503", "Warning"),
      ["running, not ready: Readiness probe failed: 503"],
    ],
  ])("%s", (_, given, last, expected) => expect(words(given as WaitingPod, last)).toEqual(expected))

  test("an init container that fails is to blame, not those that wait for it", () => {
    const given = pod(creating, {
      initContainerStatuses: [
        { name: "migrate", ready: false, restartCount: 0, state: { terminated: { exitCode: 1, reason: "Error" } } },
      ],
    })
    expect(troubles(given).map(({ container }) => container)).toEqual(["migrate"])
  })

  test("the same sentence is said once, with all names", () => {
    const said = [
      ["pod a", "pending: Insufficient cpu"],
      ["pod b", "starting"],
      ["pod c", "pending: Insufficient cpu"],
    ] as const
    expect(together(said)).toEqual(["pod a, pod c: pending: Insufficient cpu", "pod b: starting"])
  })
})

test("fields that differ are named, what the server keeps is not, and values are never shown", () => {
  const live = {
    metadata: { name: "web", resourceVersion: "1", generation: 1, annotations: { a: "1" } },
    spec: { replicas: 0, containers: [{ name: "web", image: "x" }], ports: [1, 2] },
    data: { password: "secret" },
    status: { phase: "x" },
  }
  const wanted = {
    metadata: { name: "web", resourceVersion: "2", generation: 2, annotations: { a: "2" } },
    spec: { replicas: 1, containers: [{ name: "web", image: "y" }], ports: [1] },
    data: { password: "other" },
    status: {},
  }
  const changed = changedFields(live, wanted)
  expect(changed.sort()).toEqual([
    "data.password",
    "metadata.annotations.a",
    "spec.containers[web].image",
    "spec.ports",
    "spec.replicas",
  ])
  expect(changedFields(live, structuredClone(live))).toEqual([])
})
