// Releases that Helm cannot uninstall: hooks that fail, kinds that are gone, objects that stay.
import { beforeEach, describe, expect, test } from "vitest"
import { uninstall } from "../../ci/pipeline/steps/release-uninstall.js"
import { KubernetesError } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster } from "./cluster.js"

const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n"
const kept = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kept, annotations: { helm.sh/resource-policy: keep } }\n`
const widget = "apiVersion: example.org/v1\nkind: Widget\nmetadata: { name: one }\n"
const record = "/api/v1/namespaces/shop/secrets/sh.helm.release.v1.web.v1"
const configMap = (name: string) => `/api/v1/namespaces/shop/configmaps/${name}`

const hook = (phase: string, events = ["pre-delete"]) => ({
  ...{ name: "goodbye", kind: "Job", manifest: "", events },
  last_run: { phase },
})
/** The pod of the hook: it has ended with 3. */
const pod = `apiVersion: v1
kind: Pod
metadata: { name: goodbye-x, ownerReferences: [{ kind: Job, name: goodbye }] }
status:
  phase: Failed
  containerStatuses: [{ name: bye, restartCount: 0, state: { terminated: { exitCode: 3, reason: Error } } }]
`

let cluster: Cluster
const release = () => ({
  helm: cluster.helm,
  kubernetes: cluster.kubernetes,
  namespace: "shop",
  name: "web",
  timeout: 5,
})
const there = (path: string) => cluster.objects.has(path)

beforeEach(() => {
  cluster = new Cluster()
})

test("a release that Helm can uninstall is left to it, and nothing else is said", async () => {
  cluster.install("shop", "web", { manifest: settings })
  expect(await uninstall(release())).toEqual([])
  expect(cluster.asked).toEqual(["uninstall web within 300 s"])
})

describe("a hook that fails", () => {
  beforeEach(() => {
    cluster.add(pod)
    cluster.logs.set("goodbye-x", "the hook refuses")
  })

  test("before the objects are deleted: the release is uninstalled without hooks, and what the hook said is said", async () => {
    cluster.install("shop", "web", { status: "uninstalling", manifest: settings, hooks: [hook("Running")] })
    cluster.refuses = (hooks) => (hooks ? "helm uninstall: job goodbye failed" : undefined)
    const said = (await uninstall(release())).join("\n")
    expect(cluster.asked).toEqual(["uninstall web within 300 s", "uninstall web within 300 s without hooks"])
    expect(said).toContain("uninstalling failed: helm uninstall: job goodbye failed")
    expect(said).toContain("hook Job goodbye: did not succeed")
    expect(said).toContain("    | the hook refuses")
    expect(said).toContain("it was uninstalled without hooks")
    expect(there(record)).toBe(false)
  })

  test("after they are deleted: Helm's records are gone, and only what the hook said is left to say", async () => {
    cluster.install("shop", "web", { manifest: settings, hooks: [hook("", ["post-delete"])] })
    cluster.refuses = () => {
      cluster.forget("shop", "web")
      cluster.objects.delete(configMap("settings"))
      return "helm uninstall: uninstallation completed with 1 error(s)"
    }
    const said = (await uninstall(release())).join("\n")
    expect(cluster.asked).toEqual(["uninstall web within 300 s"])
    expect(said).toContain("    | the hook refuses")
    expect(said).toContain("everything else of it is gone")
  })

  test("that no removal runs is not to blame: the second try runs the hooks of the removal, too", async () => {
    cluster.install("shop", "web", { manifest: settings, hooks: [hook("Failed", ["pre-upgrade"])] })
    cluster.refuses = () => (cluster.asked.length > 1 ? undefined : "helm uninstall: no answer")
    expect(await uninstall(release())).toEqual([
      "uninstalling failed: helm uninstall: no answer",
      "it was uninstalled at the second try",
    ])
    expect(cluster.asked).toEqual(["uninstall web within 300 s", "uninstall web within 300 s"])
  })
})

describe("an object of a kind that the cluster does not know", () => {
  const manifest = [settings, kept, widget].join("---\n")
  beforeEach(() => {
    cluster.refuses = () => "helm uninstall: failed to delete release: web"
  })

  test("all else is deleted without Helm: objects, then records; what is to be kept is kept", async () => {
    cluster.install("shop", "web", { status: "uninstalling", manifest })
    const said = (await uninstall(release())).join("\n")
    expect(cluster.asked).toEqual(["uninstall web within 300 s"])
    expect(said).toContain("Helm cannot address Widget one: of a kind that the cluster does not know, example.org/v1.")
    expect([record, configMap("settings"), configMap("kept")].map(there)).toEqual([false, false, true])
  })

  test("or of no name, which Helm 3 installs: the same", async () => {
    const nameless = "apiVersion: v1\nkind: ConfigMap\nmetadata: { generateName: note- }\n"
    cluster.install("shop", "web", { status: "uninstalling", manifest: [settings, nameless].join("---\n") })
    expect((await uninstall(release())).join("\n")).toContain("ConfigMap note-*: without metadata.name.")
    expect([record, configMap("settings")].map(there)).toEqual([false, false])
  })

  test("in the version of the manifest: it is deleted by another one", async () => {
    cluster.kinds.set("example.org/v2 Widget", "widgets")
    cluster.install("shop", "web", { status: "uninstalling", manifest })
    const path = "/apis/example.org/v2/namespaces/shop/widgets/one"
    expect(there(path)).toBe(true)
    await uninstall(release())
    expect(there(path)).toBe(false)
  })

  test("what may not be looked at is not taken for gone", async () => {
    cluster.install("shop", "web", { status: "uninstalling", manifest })
    const get = cluster.kubernetes.get.bind(cluster.kubernetes)
    cluster.kubernetes.get = async <T>(path: string) => {
      if (path === configMap("settings")) throw new KubernetesError("forbidden", 403)
      return get<T>(path)
    }
    await expect(uninstall(release())).rejects.toThrow("forbidden")
    expect(there(record)).toBe(true)
  })

  test("what another release owns by now is left alone", async () => {
    cluster.install("shop", "web", { status: "uninstalling", manifest })
    cluster.install("shop", "other", { manifest: settings })
    await uninstall(release())
    expect([record, configMap("settings")].map(there)).toEqual([false, true])
  })
})

describe("is an error, with all that was tried", () => {
  test("what fails without hooks, too", async () => {
    cluster.install("shop", "web", { status: "uninstalling", manifest: settings, hooks: [hook("Running")] })
    cluster.refuses = (hooks) => (hooks ? "helm uninstall: first" : "helm uninstall: second")
    await expect(uninstall(release())).rejects.toThrow(
      /first.*hook Job goodbye.*without hooks, it failed, too: .*second/s,
    )
    expect(there(record)).toBe(true)
  })

  test("an object that stays, though Helm has forgotten the release", async () => {
    cluster.install("shop", "web", { manifest: settings })
    cluster.refuses = () => {
      cluster.forget("shop", "web")
      return "helm uninstall: uninstallation completed with 1 error(s)"
    }
    await expect(uninstall(release())).rejects.toThrow(/1 error.*still there: ConfigMap settings/s)
  })
})
