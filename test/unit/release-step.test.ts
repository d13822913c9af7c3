// The step of a release: how it calls Helm, by what is in the cluster and what Helm has applied before.
import { beforeEach, describe, expect, test, vi } from "vitest"
import {
  FOUND_LABEL,
  GOOD_LABEL,
  loadEnvironment,
  lookupIn,
  MADE_LABEL,
  madeLabel,
} from "../../ci/pipeline/model/index.js"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"
import { releaseWork } from "../../ci/pipeline/steps/release.js"
import type { ReleaseSpec } from "../../ci/pipeline/tools/helm.js"
import type { KubernetesObject } from "../../ci/pipeline/tools/kubernetes.js"
import { Cluster, manifestOf, object, record } from "./cluster.js"
import { edited, files } from "./model/fixture.js"

const web = (replicas?: number) =>
  object("Deployment web", { apiVersion: "apps/v1", spec: { ...(replicas !== undefined && { replicas }) } })
const references =
  "      image: ${images.shop}\n      host: shop.${environment.host}\n      database: ${infra.rds.address}\n"
const environment = loadEnvironment(
  files({
    ...edited(
      "_defaults.yaml",
      `namespace: shop-\${environment.name}\n    values:\n${references}`,
      "namespace: shop\n",
    ),
    "two.yaml": undefined,
  }),
  "one",
)

let cluster: Cluster
let upgrades: ReleaseSpec[]
/** What the chart of the release renders. */
let manifest = ""

vi.mock("../../ci/pipeline/tools/helm-charts.js", () => ({
  renderChart: async () => ({ contents: async () => manifest }),
}))

/** Applies the step, with a Helm that keeps a record and leaves what is in the cluster as it is. */
async function apply(live: KubernetesObject, before: KubernetesObject, after: KubernetesObject) {
  cluster = new Cluster([live, record({ manifest: manifestOf(before) })])
  return applyTo(after)
}

/** Throws where the lease is another run's. */
let mayChange: () => void
/** What happens while Helm is at work. */
let meanwhile: () => void

/** The step, in the cluster as it is. */
function stepTo(after: KubernetesObject) {
  upgrades = []
  mayChange = () => {}
  meanwhile = () => {}
  const helm = {
    upgrade: async (spec: ReleaseSpec) => {
      upgrades.push(spec)
      meanwhile()
      const revision = Number(spec.labels[MADE_LABEL].split(".")[1])
      cluster.put(record({ revision, labels: spec.labels, manifest: manifestOf(after) }))
    },
    rollback: async () => {
      throw new Error("helm rollback: its image is gone")
    },
  }
  const deployment = {
    stage: environment,
    yields: { charts: { shop: { version: "1", digest: "sha256:1" } }, releases: {} },
    sources: {},
    lookup: () => lookupIn({ images: {}, infra: {}, environments: {} }),
    kubernetes: async () => cluster.kubernetes,
    helm: async () => helm,
    registry: async () => ({ host: "registry" }),
    hasCluster: () => false,
    mayChange: async () => mayChange(),
  } as unknown as Deployment
  return releaseWork("release:web", "web", { stage: environment, release: environment.releases.shop }, deployment)
}

/** Applies the step to the cluster as it is. */
async function applyTo(after: KubernetesObject) {
  const step = stepTo(after)
  return step.keep(await step.apply({ made: "abc", wrong: [], stale: [], first: [] }))
}

const replicas = () => {
  const live = cluster.objects.get("/apis/apps/v1/namespaces/shop/deployments/web")
  return (live?.spec as { replicas?: number } | undefined)?.replicas
}
const made = () => upgrades.map(({ labels }) => labels[MADE_LABEL])

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {})
})

describe("a workload that somebody has scaled to 0", () => {
  test("the chart has never said how often it runs: scaled up before Helm waits", async () => {
    await apply(web(0), web(), web())
    expect(replicas()).toBe(1)
    expect(made()).toEqual([madeLabel("abc", 2)])
  })

  test("the chart says so no longer: scaled up afterwards, and Helm waits again", async () => {
    await apply(web(0), web(2), web())
    expect(replicas()).toBe(1)
    expect(made()).toEqual([madeLabel("abc", 2), madeLabel("abc", 3)])
  })

  test("the chart says so: that is left to Helm", async () => {
    await apply(web(0), web(2), web(3))
    expect(replicas()).toBe(0)
    expect(upgrades).toHaveLength(1)
  })
})

describe("pods that are replaced by hand", () => {
  const agent = (type: string) =>
    object("DaemonSet agent", { apiVersion: "apps/v1", spec: { updateStrategy: { type } } })
  test.each([
    ["OnDelete", true],
    ["RollingUpdate", false],
  ])("are not waited for: %s", async (type, manual) => {
    await apply(agent(type), agent(type), agent(type))
    expect(upgrades.map((one) => one.manual)).toEqual([manual])
  })
})

test("a correction is deployed, though the way back is barred: the error is said, too", async () => {
  cluster = new Cluster([
    web(1),
    record({ revision: 1, labels: { [GOOD_LABEL]: "1" }, manifest: manifestOf(web(1)) }),
    record({ revision: 2, status: "failed", manifest: manifestOf(web(1)) }),
  ])
  const { version, note } = await applyTo(web(1))
  expect(version).toBe("revision 3")
  expect(note).toContain("rolling back to revision 1 failed: helm rollback: its image is gone; upgrading all the same")
})

test("what another run is installing by now is not repaired by the one that has lost its lease", async () => {
  cluster = new Cluster([
    web(1),
    record({
      revision: 1,
      labels: { [GOOD_LABEL]: "1", "wallet-world.environment": "one" },
      manifest: manifestOf(web(1)),
    }),
  ])
  const step = stepTo(web(2))
  meanwhile = () => {
    mayChange = () => {
      throw new Error("the lease is another run's; nothing more is changed")
    }
    cluster.put(record({ revision: 2, status: "pending-upgrade", manifest: manifestOf(web(1)) }))
    throw new Error("another operation (install/upgrade/rollback) is in progress")
  }
  const failure = await step.apply(await step.inspect()).catch((error: Error) => error.message)
  expect(failure).toContain("is in progress")
  expect(failure).toContain("the lease is another run's")
  expect(failure).not.toContain("rolling back")
})

describe("a release of which Helm has no record, but whose objects are there", () => {
  const owned = (one: KubernetesObject) => {
    const annotations = { "meta.helm.sh/release-name": "web", "meta.helm.sh/release-namespace": "shop" }
    return { ...one, metadata: { ...one.metadata, annotations } }
  }
  const labels = { "wallet-world.environment": "one" }
  const namespace = object("Namespace shop", {}, { namespace: undefined, labels })

  test("the plan names them, and its first revision is marked, so that they stay where it fails", async () => {
    manifest = manifestOf(web(1))
    cluster = new Cluster([namespace, owned(web(1))])
    const step = stepTo(web(1))
    const found = await step.inspect()
    expect(step.plan(found).why).toBe("not installed; Helm's records are gone, but these are there: Deployment web")
    await step.apply(found)
    expect(upgrades.map(({ labels }) => labels[FOUND_LABEL])).toEqual(["1"])
  })

  test("nothing is marked where they are nobody's", async () => {
    manifest = manifestOf(web(1))
    cluster = new Cluster([namespace, web(1)])
    const step = stepTo(web(1))
    const found = await step.inspect()
    expect(step.plan(found).why).toBe("not installed")
    await step.apply(found)
    expect(upgrades.map(({ labels }) => labels[FOUND_LABEL])).toEqual([undefined])
  })
})
