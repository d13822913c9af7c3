// The graph: what each step needs, and in which order they come.
import { describe, expect, it } from "vitest"
import { buildGraph, destroyOrder, type Graph, loadEnvironment, select } from "../../../ci/pipeline/model/index.js"
import { findCycle, inOrder } from "../../../ci/pipeline/model/text/order.js"
import { files, problemsOf, repositoryFiles, world } from "./fixture.js"

const graphOf = (changes: Record<string, string> = {}) => buildGraph(loadEnvironment(files(changes), "one"))
const ids = (steps: Graph["steps"]) => steps.map((step) => step.id)
const needsOf = (graph: Graph) => Object.fromEntries(graph.steps.map((step) => [step.id, [...step.needs].sort()]))
const own = (text: string) => ({ "one.yaml": `${world["one.yaml"]}${text}` })

describe("buildGraph", () => {
  it("connects scopes, images, charts and releases", () => {
    expect(needsOf(graphOf())).toEqual({
      "infra:account": [],
      "infra:cluster": ["infra:account"],
      "infra:environment": ["infra:account", "infra:cluster"],
      "image:shop": ["infra:account"],
      "chart:shop": ["infra:account"],
      "release:shop": ["chart:shop", "image:shop", "infra:cluster", "infra:environment"],
    })
  })

  it("makes a release need only what it refers to", () => {
    const { "release:shop": needs } = needsOf(graphOf(own("releases: { shop: { values: { database: null } } }\n")))
    expect(needs).toEqual(["chart:shop", "image:shop", "infra:cluster"])
  })

  it("sees references in secrets", () => {
    const secrets =
      "releases: { shop: { values: { database: null }, secrets: { db: { password: { arn: '${infra.rds.master_secret_arn}' } } } } }\n"
    expect(needsOf(graphOf(own(secrets)))["release:shop"]).toContain("infra:environment")
  })

  it("puts releases after those they need", () => {
    const graph = graphOf(own("releases:\n  shop: { needs: [zoo] }\n  zoo: { chart: zoo, namespace: zoo }\n"))
    expect(ids(graph.steps).indexOf("release:zoo")).toBeLessThan(ids(graph.steps).indexOf("release:shop"))
  })

  it("brings in the infrastructure of environments that are referred to, and of those behind them", () => {
    const use = (other: string) =>
      `releases:\n  shop:\n    values:\n      other: \${environments.${other}.infra.rds.address}\n`
    const behind =
      "infrastructure: { environment: { rds: { instance_class: '${environments.three.infra.rds.address}' } } }\n"
    const graph = graphOf({
      ...own(use("two")),
      "two.yaml": `${world["two.yaml"]}${behind}`,
      "three.yaml": world["two.yaml"],
    })
    expect(needsOf(graph)["release:shop"]).toContain("infra:environment:two")
    expect(needsOf(graph)["infra:environment:two"]).toContain("infra:environment:three")
    expect(graph.steps.find((step) => step.id === "infra:environment:two")).toMatchObject({
      shared: true,
      name: "environment of two",
    })
    expect(ids(graph.steps)).not.toContain("image:two")
  })

  it("leaves out scopes without units", () => {
    const changes = {
      "_defaults.yaml": world["_defaults.yaml"]
        .replace("    rds:\n      database: shop\n", "    {}\n")
        .replace("      database: ${infra.rds.address}\n", ""),
    }
    expect(ids(graphOf(changes).steps)).not.toContain("infra:environment")
  })

  it("lets the environment's infrastructure use images, but not the account's, which they need first", () => {
    const rds = "infrastructure: { environment: { rds: { instance_class: '${images.shop}' } } }\n"
    expect(needsOf(graphOf(own(rds)))["infra:environment"]).toContain("image:shop")
    const account = world["_defaults.yaml"].replace("    ecr:\n", "    ecr:\n      untagged_days: ${images.shop}\n")
    expect(problemsOf(() => graphOf({ "_defaults.yaml": account }))).toEqual([
      expect.stringMatching(/cannot be an input of the account: images need the account's ECR repositories first/),
    ])
  })

  it("names the steps of a cycle", () => {
    const environment = loadEnvironment(files(), "one")
    const { shop } = environment.releases
    const releases = { shop: { ...shop, needs: ["zoo"] }, zoo: { ...shop, needs: ["shop"] } }
    expect(problemsOf(() => buildGraph({ ...environment, releases }))).toEqual([
      "steps of environment one depend on each other in a cycle: release:shop -> release:zoo -> release:shop",
    ])
  })

  it("gives every step after what it needs, in the same order each time, for every environment of the repository", () => {
    const repository = repositoryFiles()
    for (const name of ["lace-dev", "preview-nightly", "mainnet-dev", "mainnet-prod"]) {
      const first = buildGraph(loadEnvironment(repository, name)).steps
      first.forEach((step, index) => {
        expect(ids(first).slice(0, index)).toEqual(expect.arrayContaining([...step.needs]))
      })
      const shuffled = new Map([...repository].reverse())
      expect(ids(buildGraph(loadEnvironment(shuffled, name)).steps)).toEqual(ids(first))
    }
  })
})

describe("parts of a graph", () => {
  const graph = graphOf(own("releases:\n  other: { chart: other, namespace: other }\n"))

  it("destroys what is the environment's own, last first", () => {
    const order = ids(destroyOrder(graph))
    expect(order.at(-1)).toBe("infra:environment")
    expect(order.slice(0, -1).sort()).toEqual(["release:other", "release:shop"])
    expect(ids(destroyOrder(graph, { shared: true }))).toEqual(ids(graph.steps).reverse())
  })

  it("selects steps with all that they need", () => {
    expect(ids(select(graph, (step) => step.kind === "image").steps)).toEqual(["infra:account", "image:shop"])
    expect(ids(select(graph, (step) => step.id === "infra:environment").steps)).toEqual([
      "infra:account",
      "infra:cluster",
      "infra:environment",
    ])
  })
})

describe("order", () => {
  const needs: Record<string, string[]> = { a: ["c"], b: [], c: ["b"], d: ["a", "b"] }
  it("keeps the given order where it can", () => {
    expect(inOrder(["d", "a", "b", "c"], (id) => needs[id])).toEqual(["b", "c", "a", "d"])
  })
  it("finds cycles, also of one", () => {
    expect(findCycle(["a", "b", "c", "d"], (id) => needs[id])).toBeUndefined()
    expect(findCycle(["a"], () => ["a"])).toEqual(["a"])
    expect(findCycle(["x", "a", "b", "c"], (id) => ({ x: ["a"], a: ["b"], b: ["c"], c: ["a"] })[id] ?? [])).toEqual([
      "a",
      "b",
      "c",
    ])
  })
})
