// A chart that is named by its path is what one of the same name in charts/ is, wherever the name counts.
import { describe, expect, it } from "vitest"
import {
  argoApplications,
  buildGraph,
  digest,
  loadEnvironment,
  lookupIn,
  makeLock,
} from "../../../ci/pipeline/model/index.js"
import { edited, files, infrastructureOf } from "./fixture.js"

const path = "services/shop/chart/shop"
const named = loadEnvironment(files(), "one")
const placed = loadEnvironment(files(edited("_defaults.yaml", "chart: shop", `chart: ${path}`)), "one")

describe("a chart that is named by its path", () => {
  it("has a step of its name, which knows where it is", () => {
    const steps = (environment: typeof named) => buildGraph(environment).steps.map(({ id, needs }) => ({ id, needs }))
    expect(steps(placed)).toEqual(steps(named))
    const chart = (environment: typeof named) => buildGraph(environment).steps.find(({ kind }) => kind === "chart")
    expect(chart(placed)).toMatchObject({ name: "shop", directory: path })
    expect(chart(named)).toMatchObject({ name: "shop", directory: "charts/shop" })
  })

  it("has the same repository", () => {
    expect(infrastructureOf(placed).account).toEqual(infrastructureOf(named).account)
  })

  it("is in the lock and in Argo CD's Applications by its name", () => {
    const charts = { shop: { version: "1", digest: digest("x") } }
    const yields = { charts, releases: { shop: { revision: "1", made: "x" } }, infrastructure: {}, images: {} }
    const lock = (environment: typeof named) => makeLock(environment, null, yields)
    expect(lock(placed)).toEqual(lock(named))
    const applications = (environment: typeof named) =>
      argoApplications(environment, {
        ...{ registry: "registry", server: "https://server", charts: { shop: digest("x") } },
        lookup: lookupIn({ images: { shop: "image" }, infra: { rds: { address: "address" } } }),
      })
    expect(applications(placed)).toBe(applications(named))
    expect(applications(placed)).toContain(`targetRevision: ${digest("x")}`)
  })
})
