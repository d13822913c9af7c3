// What a cluster's environments share: releases of its own, which an environment may need.
import { describe, expect, it } from "vitest"
import {
  buildGraph,
  destroyOrder,
  environmentYaml,
  loadCluster,
  loadEnvironment,
  lookupIn,
  makeLock,
  podSecurityLabels,
  resolveAll,
} from "../../../ci/pipeline/model/index.js"
import { files, infrastructureOf, problemsOf, world } from "./fixture.js"

const clusterFile = "_clusters/main.yaml"
const releases = (text: string) => ({ [clusterFile]: `${world[clusterFile]}clusterReleases:\n${text}` })
const own = (text: string) => ({ "one.yaml": `${world["one.yaml"]}releases:\n${text}` })

/** A cluster with three releases: one needs another, and one nobody needs. */
const shared = releases(`  dns:
    chart: dns
    namespace: dns
    needs: [base]
    values: { zone: "\${environment.cluster}.\${environment.domain}", vpc: "\${infra.network.vpc_id}", image: "\${images.dns}" }
  base: { chart: base, namespace: base }
  monitoring: { chart: monitoring, namespace: monitoring, podSecurity: privileged }
`)
const image = {
  "images.yaml": `${world["images.yaml"]}dns:\n  repository: world/dns\n  copy: docker.io/dns:1@sha256:${"1".repeat(64)}\n`,
}
const needing = { ...shared, ...image, ...own("  shop: { needs: [dns] }\n") }

const cluster = (changes: Record<string, string> = { ...shared, ...image }) => loadCluster(files(changes), "main")
const environment = (changes: Record<string, string> = needing) => loadEnvironment(files(changes), "one")
const ids = (stage: Parameters<typeof buildGraph>[0]) => buildGraph(stage).steps.map(({ id }) => id)
const problems = (changes: Record<string, string>, name = "one") =>
  problemsOf(() => loadEnvironment(files({ ...image, ...changes }), name))

describe("a cluster", () => {
  it("has its units and its releases, and stands on the account", () => {
    expect(cluster()).toMatchObject({ scope: "cluster", name: "main", cluster: "main", region: "us-east-1" })
    expect(cluster().units.network.cidr).toBe("10.0.0.0/16")
    expect(cluster().wider.map(({ scope, name }) => [scope, name])).toEqual([["account", "123456789012"]])
    expect(ids(cluster())).toEqual([
      ...["infra:account", "infra:cluster", "image:dns", "chart:dns", "chart:base", "chart:monitoring"],
      ...["release:base", "release:dns", "release:monitoring"],
    ])
    expect(destroyOrder(buildGraph(cluster())).map(({ id }) => id)).not.toContain("infra:account")
  })

  it("has the same units, whichever of its environments is asked", () => {
    const { account, cluster: units } = infrastructureOf(environment())
    expect(units).toEqual(cluster().units)
    expect(account).toEqual(cluster().wider[0].units)
    expect(account.ecr.repositories).toContain("world/charts/monitoring")
  })

  it("is protected as soon as one of its environments is", () => {
    expect(cluster().protected).toBe(true)
    const { "two.yaml": _, ...others } = Object.fromEntries(files(shared))
    const alone = (changes = {}) => loadCluster(new Map(Object.entries({ ...others, ...image, ...changes })), "main")
    expect(alone().protected).toBe(false)
    expect(alone({ [clusterFile]: `protected: true\n${others[clusterFile]}` }).protected).toBe(true)
  })

  it("that does not exist, or is somebody else's, is said", () => {
    expect(problemsOf(() => loadCluster(files(), "mian"))).toEqual([
      'there is no cluster "mian" | did you mean "main"? known: main',
    ])
    const theirs = { "_defaults.yaml": `tenant: shop\n${world["_defaults.yaml"]}` }
    expect(problemsOf(() => loadCluster(files(theirs), "main"))).toEqual([
      "_defaults.yaml:1:9 cluster main is somebody else's: these files are those of a tenant",
    ])
  })

  it("cannot be deployed without what an environment on it needs", () => {
    const without = { ...needing, [clusterFile]: world[clusterFile] }
    expect(problemsOf(() => cluster(without))).toEqual([
      expect.stringMatching(/^one\.yaml:5:19 there is no release "dns"/),
    ])
  })

  it("has a Pod Security standard for each namespace, restricted where none is said", () => {
    const { monitoring, dns } = cluster().releases
    expect([monitoring, dns].map(({ podSecurity }) => podSecurityLabels(podSecurity))).toEqual([
      expect.objectContaining({ "pod-security.kubernetes.io/enforce": "privileged" }),
      expect.objectContaining({ "pod-security.kubernetes.io/enforce": "restricted" }),
    ])
    const two = releases(
      "  a: { chart: a, namespace: host, podSecurity: baseline }\n  b: { chart: b, namespace: host }\n",
    )
    expect(problems(two)).toEqual([
      expect.stringMatching(/^_clusters\/main\.yaml:\d+:\d+ namespace host has another Pod Security standard .*"a" \(/),
    ])
  })
})

describe("an environment", () => {
  it("brings what it needs of its cluster's releases, and what those need; its own destruction leaves them", () => {
    const steps = ids(environment())
    expect(steps).toEqual(expect.arrayContaining(["release:dns", "release:base", "chart:dns", "image:dns"]))
    expect(steps).not.toContain("release:monitoring")
    expect(steps).not.toContain("chart:monitoring")
    expect(steps.indexOf("release:dns")).toBeLessThan(steps.indexOf("release:shop"))
    expect(destroyOrder(buildGraph(environment())).map(({ id }) => id)).toEqual(["release:shop", "infra:environment"])
    expect(ids(environment({ ...shared, ...image }))).not.toContain("release:base")
  })

  it("does not need the environment's infrastructure for them", () => {
    const step = buildGraph(environment()).steps.find(({ id }) => id === "release:dns")
    expect([...(step?.needs ?? [])].sort()).toEqual(["chart:dns", "image:dns", "infra:cluster", "release:base"])
  })

  it("fills in their values alike, and lists them apart", () => {
    const stage = environment().wider[1]
    const lookup = lookupIn({ images: { dns: "dns@1" }, infra: { network: { vpc_id: "vpc-1" } } })
    const values = resolveAll(stage, ["clusterReleases", "dns", "values"], lookup)
    expect(values).toEqual({ zone: "main.example.org", vpc: "vpc-1", image: "dns@1" })
    expect(resolveAll(cluster(), ["clusterReleases", "dns", "values"], lookup)).toEqual(values)
    expect(environmentYaml(environment())).toMatch(/^clusterReleases:\n {2}dns:\n/m)
  })

  it("has them in its lock, apart from its own", () => {
    const made = { revision: "revision 1", made: "x" }
    const images = { dns: { digest: "sha256:1", reference: "dns@sha256:1", source: "docker.io/dns@sha256:1" } }
    const yields = { images, charts: {}, infrastructure: {}, releases: { dns: made, shop: made } }
    const lock = makeLock(environment(), null, yields)
    expect(Object.keys(lock.releases)).toEqual(["shop"])
    expect(lock.clusterReleases).toEqual({ dns: { namespace: "dns", chart: "dns", ...made } })
    expect(lock.images.dns.repository).toBe("world/dns")
    const alone = makeLock(cluster(), null, { ...yields, releases: { dns: made } })
    expect(alone).toMatchObject({ cluster: "main", releases: { dns: { chart: "dns" } } })
    expect(alone).not.toHaveProperty("environment")
  })
})

describe("what is wrong", () => {
  it("a release of the cluster in a file that not all of its environments read", () => {
    expect(problems({ "one.yaml": `${world["one.yaml"]}clusterReleases: {}\n` })).toEqual([
      "one.yaml:4:18 clusterReleases cannot be set here: it is shared by several environments | set it in _defaults.yaml or _clusters/",
    ])
  })

  it.each([
    ["${environment.name}", /\$\{environment\.name\} differs between environments that share the cluster \|/],
    [
      "${infra.rds.address}",
      /\$\{infra\.rds\.address\} cannot be used by a release of the cluster: the environment is/,
    ],
    ["${environments.two.infra.rds.address}", /cannot be used by the cluster: the environment is deployed after it/],
  ])("it uses %s, which is an environment's", (reference, message) => {
    const using = releases(`  dns: { chart: dns, namespace: dns, values: { host: "${reference}" } }\n`)
    expect(problems(using)).toEqual([expect.stringMatching(message)])
    expect(problemsOf(() => cluster(using))).toEqual([expect.stringMatching(message)])
  })

  it("two of one name; what is not there; an environment's that the cluster needs", () => {
    expect(problems(releases("  shop: { chart: dns, namespace: dns }\n"))).toEqual([
      expect.stringMatching(
        /^_tiers\/dev\.yaml:3:5 release "shop" has the name of one of the cluster's \(.*main\.yaml/,
      ),
    ])
    expect(problems({ ...shared, ...own("  shop: { needs: [dsn] }\n") })).toEqual([
      'one.yaml:5:19 there is no release "dsn" | did you mean "dns"? known: base, dns, monitoring, shop',
    ])
    expect(problems(releases("  dns: { chart: dns, namespace: dns, needs: [shop] }\n"))).toEqual([
      expect.stringMatching(/there is no release "shop" \| .*known: dns/),
    ])
  })

  it("a namespace that an environment names, too", () => {
    const both = /namespace shop-one is used by several: environment one \(.*\), cluster main \(/
    const taking = releases("  dns: { chart: dns, namespace: shop-one }\n")
    expect(problems(taking)).toEqual([expect.stringMatching(both)])
    expect(problemsOf(() => cluster(taking))).toEqual([expect.stringMatching(both)])
  })

  it("a tenant that has a cluster", () => {
    const theirs = {
      "_defaults.yaml": `tenant: shop\n${world["_defaults.yaml"]}`,
      ...releases("  dns: { chart: dns, namespace: dns }\n"),
    }
    expect(problems(theirs).filter((problem) => problem.includes("clusterReleases"))).toEqual([
      expect.stringMatching(/^_clusters\/main\.yaml:6:3 clusterReleases are not a tenant's/),
    ])
  })

  it("a tenant's release, or Pod Security of an environment's own", () => {
    expect(problems(releases("  dns: { chart: dns, namespace: dns, tenant: shop }\n"))).toEqual([
      expect.stringMatching(/unknown key "tenant" in clusterReleases\.dns/),
    ])
    expect(problems(own("  shop: { podSecurity: privileged }\n"))).toEqual([
      expect.stringMatching(/unknown key "podSecurity" in releases\.shop/),
    ])
  })
})
