// The objects of a release as they are in the cluster: what differs from the manifest, and how that is said.
import { describe, expect, test } from "vitest"
import { scaleUp, wrongObjects } from "../../ci/pipeline/steps/release-objects.js"
import { type KubernetesObject, refusal } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster, manifestOf, object } from "./cluster.js"

const wrong = async (cluster: Cluster, ...objects: KubernetesObject[]) =>
  (await wrongObjects(cluster.kubernetes, "shop", manifestOf(...objects))).map(({ title, why }) => `${title}: ${why}`)

describe("a dry run that is refused", () => {
  const secret = object("Secret login")
  const refused = async (status: number, answer: object) => {
    const cluster = new Cluster([secret])
    cluster.applied.set("Secret login", refusal("Kubernetes", status, JSON.stringify(answer)))
    return wrong(cluster, secret)
  }

  test("says which fields and why, and never a value", async () => {
    const causes = [
      { field: "data", reason: "FieldValueInvalid", message: 'Invalid value: "hunter2": field is immutable' },
      { field: "type", reason: "FieldValueForbidden", message: "Forbidden: hunter2" },
    ]
    const message = 'Secret "login" is invalid: data: Invalid value: "hunter2"'
    expect(await refused(422, { message, reason: "Invalid", details: { causes } })).toEqual([
      "Secret login: not as applied (data is immutable, type is refused as FieldValueForbidden when it is applied again)",
    ])
  })

  test.each([
    [400, { message: "got hunter2", reason: "BadRequest" }, "BadRequest"],
    [422, { message: "no hunter2 here", reason: "hunter2 is not allowed" }, "status 422"],
    [500, { message: "expected string, got Value:hunter2", reason: "InternalError" }, "InternalError"],
  ])("with %i and no fields says one word", async (status, answer, word) => {
    expect(await refused(status, answer)).toEqual([`Secret login: not as applied (${word} when it is applied again)`])
  })

  test("is nothing that is judged where the caller may not ask", async () => {
    expect(await refused(403, { message: "forbidden" })).toEqual([])
    // Whether it is ready may be asked all the same.
    const cluster = new Cluster([object("Pod web")])
    cluster.applied.set("Pod web", refusal("Kubernetes", 403, ""))
    expect(await wrong(cluster, object("Pod web"))).toEqual(["Pod web: not started, not ready"])
    expect(await refused(400, { message: "admission webhook does not support dry run" })).toEqual([])
  })
})

test("an anchor may be used however often, as Helm allows it", async () => {
  const uses = Array.from({ length: 500 }, (_, index) => `  key${index}: *note`)
  const yaml = [
    "apiVersion: v1",
    "kind: ConfigMap",
    "metadata: { name: notes }",
    "data:",
    "  first: &note text",
    ...uses,
  ]
  expect(await wrongObjects(new Cluster([object("ConfigMap notes")]).kubernetes, "shop", yaml.join("\n"))).toEqual([])
})

describe("the number of replicas that a HorizontalPodAutoscaler says", () => {
  const web = (replicas: number | undefined, namespace: string) =>
    object("Deployment web", { apiVersion: "apps/v1", spec: { replicas, paused: true } }, { namespace })
  const autoscaler = (namespace: string) =>
    object(
      "HorizontalPodAutoscaler web",
      { apiVersion: "autoscaling/v2", spec: { scaleTargetRef: { kind: "Deployment", name: "web" } } },
      { namespace },
    )
  /** A cluster in which the Deployment is scaled to some number, and a dry run would scale it to 1. */
  const scaledTo = (replicas: number, namespace: string, autoscaled: string) => {
    const cluster = new Cluster([web(replicas, namespace), autoscaler(autoscaled)])
    cluster.applied.set("Deployment web", web(1, namespace))
    return cluster
  }

  test.each(["shop", "other"])("is no change, in the namespace %s", async (namespace) => {
    expect(await wrong(scaledTo(5, namespace, namespace), web(1, namespace))).toEqual([])
    const cluster = scaledTo(0, namespace, namespace)
    expect(await scaleUp(cluster.kubernetes, "shop", manifestOf(web(undefined, namespace)))).toEqual([])
  })

  test("is that of another workload in another namespace", async () => {
    const changed = ["Deployment web: not as applied (spec.replicas)"]
    expect(await wrong(scaledTo(5, "other", "shop"), web(1, "other"))).toEqual(changed)
    const cluster = scaledTo(0, "other", "shop")
    expect(await scaleUp(cluster.kubernetes, "shop", manifestOf(web(undefined, "other")))).toEqual(["Deployment web"])
  })
})

describe("what somebody else fills in", () => {
  const role = (rules: object[], more: object) =>
    object("ClusterRole reader", { apiVersion: "rbac.authorization.k8s.io/v1", rules, ...more })
  const webhook = (caBundle: string, annotations: Record<string, string>) =>
    object(
      "ValidatingWebhookConfiguration guard",
      { webhooks: [{ name: "guard.example.org", clientConfig: { caBundle } }] },
      { annotations },
    )
  const changed = async (live: KubernetesObject, applied: KubernetesObject) => {
    const cluster = new Cluster([live])
    cluster.applied.set(`${live.kind} ${live.metadata.name}`, applied)
    return wrong(cluster, applied)
  }
  const filled = [{ verbs: ["get"] }, { verbs: ["list"] }]

  test("is no change: the rules of a ClusterRole that aggregates others, and certificates of cert-manager", async () => {
    const aggregates = { aggregationRule: { clusterRoleSelectors: [] } }
    expect(await changed(role(filled, aggregates), role([], aggregates))).toEqual([])
    const injected = { "cert-manager.io/inject-ca-from": "shop/ca" }
    expect(await changed(webhook("Q0E=", injected), webhook("", injected))).toEqual([])
  })

  test("is a change where nobody is asked to", async () => {
    expect(await changed(role(filled, {}), role([], {}))).toEqual(["ClusterRole reader: not as applied (rules)"])
    expect(await changed(webhook("Q0E=", {}), webhook("", {}))).toEqual([
      "ValidatingWebhookConfiguration guard: not as applied (webhooks[guard.example.org].clientConfig.caBundle)",
    ])
  })
})

test("an object without a name is said to have none", async () => {
  const nameless = object("ConfigMap", {}, { name: undefined, generateName: "note-" })
  expect(await wrong(new Cluster(), nameless)).toEqual(["ConfigMap note-*: without metadata.name"])
})
