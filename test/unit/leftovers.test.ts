// Leftovers that own what another release is about to bring: only these go before it.
import { beforeEach, describe, expect, test, vi } from "vitest"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { inTheWay } from "../../ci/pipeline/steps/leftovers.js"
import { staleSecrets } from "../../ci/pipeline/steps/release-secrets.js"
import { Cluster } from "./cluster.js"

const role = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: { name: reader }\n"
const settings = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\n"
const labels = { "wallet-world.environment": "one", "wallet-world.made": "abc" }

let cluster: Cluster
/** The environment names the release web in the namespace new, and nothing else. */
let deployment: Deployment
const owner = { scope: "environment", name: "one" } as const

beforeEach(() => {
  cluster = new Cluster()
  deployment = {
    stage: { ...owner, releases: { web: { namespace: "new" } }, tenants: {} },
    hasCluster: () => true,
    kubernetes: async () => cluster.kubernetes,
  } as unknown as Deployment
})

describe("a release that is about to be installed", () => {
  const first = (manifest: string) => inTheWay(deployment, "new", async () => manifest)

  test("has a leftover in its way that owns an object of it, wherever that release is", async () => {
    cluster.install("old", "web", { manifest: [role, settings].join("---\n"), labels })
    expect(await first([role, settings].join("---\n"))).toEqual([
      { namespace: "old", name: "web", owns: ["ClusterRole reader"] },
    ])
    cluster.install("new", "former", { manifest: settings, labels })
    expect((await first(settings)).map(({ name, owns }) => [name, owns])).toEqual([["former", ["ConfigMap settings"]]])
  })

  test("has none in its way that owns nothing of it", async () => {
    cluster.install("old", "web", { manifest: settings, labels })
    expect(await first([role, settings].join("---\n"))).toEqual([])
  })

  test("leaves alone what is somebody else's, or its own", async () => {
    cluster.install("old", "web", { manifest: role, labels: { "wallet-world.environment": "two" } })
    expect(await first(role)).toEqual([])
    cluster.install("new", "web", { manifest: role, labels })
    cluster.install("old", "web", { manifest: settings, labels })
    expect(await first(role)).toEqual([])
  })

  test("is rendered only where there are leftovers; one that cannot be rendered is left to Helm", async () => {
    const fails = vi.fn(async () => Promise.reject(new Error("a value is refused")))
    expect(await inTheWay(deployment, "new", fails)).toEqual([])
    expect(fails).not.toHaveBeenCalled()
    cluster.install("old", "web", { manifest: role, labels })
    expect(await inTheWay(deployment, "new", fails)).toEqual([])
  })
})

test("a Secret that a leftover has written is written again by its new release: else it would be deleted with the old one", async () => {
  const secrets = { login: { user: { value: "me" } } }
  const [{ source }] = await staleSecrets("new", "web", secrets, deployment)
  const written = (release?: string) =>
    cluster.objects.set("/api/v1/namespaces/new/secrets/login", {
      metadata: {
        name: "login",
        labels: release ? { "wallet-world.release": release } : {},
        annotations: { "wallet-world/source": source },
        managedFields: [{ manager: "wallet-world", operation: "Apply", fieldsV1: { "f:data": { "f:user": {} } } }],
      },
      data: { user: "bWU=" },
    })
  written("web")
  expect(await staleSecrets("new", "web", secrets, deployment)).toEqual([])
  written("former")
  expect(await staleSecrets("new", "web", secrets, deployment)).toEqual([
    { name: "login", source, why: "Secret login: belongs to release former", moved: true },
  ])
})
