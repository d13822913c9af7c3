// Kinds that a cluster no longer knows: what Helm cannot upgrade is refused, and objects are found by another version.
import { beforeEach, describe, expect, test } from "vitest"
import { assertAddressable } from "../../ci/pipeline/steps/release-repair.js"
import { Kubernetes, type KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster } from "./cluster.js"

const widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: one }\n"

describe("a release of which the cluster does not know a kind", () => {
  let cluster: Cluster
  const check = () => assertAddressable({ kubernetes: cluster.kubernetes, namespace: "shop", name: "web" })

  beforeEach(() => {
    cluster = new Cluster()
  })

  test("is refused when it was good once: the error names the object and says what to do", async () => {
    cluster.install("shop", "web", { manifest: widget })
    await expect(check()).rejects.toThrow(
      /^revision 1 contains what Helm cannot address: Widget one: of a kind that the cluster does not know, example.org\/v1\. .*nothing was changed.*CRD.*remove the release from/,
    )
  })

  test("is not refused when it was never good, or is gone: it is installed anew", async () => {
    cluster.install("shop", "web", { manifest: widget, status: "failed" })
    await check()
    cluster.install("shop", "web", { manifest: widget, status: "uninstalled", labels: { "wallet-world.good": "1" } })
    await check()
  })

  test("is not refused once the kind is there again", async () => {
    cluster.kinds.set("example.org/v1 Widget", "widgets")
    cluster.install("shop", "web", { manifest: widget })
    await check()
  })
})

describe("the path of an object", () => {
  const object: KubernetesObject = { apiVersion: "example.org/v1", kind: "Widget", metadata: { name: "one" } }
  let answers: Record<string, object>
  /** A client that is answered from a table. */
  const client = () =>
    Object.assign(Object.create(Kubernetes.prototype), {
      kinds: new Map(),
      get: async (path: string) => answers[path],
    }) as Kubernetes
  const resources = { resources: [{ name: "widgets", kind: "Widget", namespaced: true }] }

  test("is by the version that it names, else by another one of its group, else unknown", async () => {
    answers = {
      "/apis/example.org": { versions: [{ groupVersion: "example.org/v2" }] },
      "/apis/example.org/v2": resources,
    }
    expect(await client().pathOf(object, "shop")).toBeUndefined()
    expect(await client().anyPathOf(object, "shop")).toBe("/apis/example.org/v2/namespaces/shop/widgets/one")
    answers["/apis/example.org/v1"] = resources
    expect(await client().anyPathOf(object, "shop")).toBe("/apis/example.org/v1/namespaces/shop/widgets/one")
    answers = {}
    expect(await client().anyPathOf(object, "shop")).toBeUndefined()
  })

  test("is asked again after the kinds were forgotten", async () => {
    answers = {}
    const kubernetes = client()
    expect(await kubernetes.pathOf(object, "shop")).toBeUndefined()
    answers["/apis/example.org/v1"] = resources
    kubernetes.forgetKinds()
    expect(await kubernetes.pathOf(object, "shop")).toBe("/apis/example.org/v1/namespaces/shop/widgets/one")
  })
})
