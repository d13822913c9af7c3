// Two repositories, one environment: the one hands a release over, the other, a tenant, installs it.
import { describe, expect, it } from "vitest"
import { buildGraph, loadEnvironment, sharedOutputs } from "../../../ci/pipeline/model/index.js"
import { files, problemsOf, world } from "./fixture.js"

const graphOf = (changes: Record<string, string | undefined>) => buildGraph(loadEnvironment(files(changes), "one"))
const needsOf = (changes: Record<string, string | undefined>) =>
  Object.fromEntries(graphOf(changes).steps.map(({ id, needs }) => [id, [...needs].sort()]))

const handed = {
  "one.yaml": `${world["one.yaml"]}releases:
  shop:
    tenant: shopkeeper
    secrets: { db: { password: { arn: "\${infra.rds.master_secret_arn}" } } }
`,
}

/** The tenant's files: the same values, no infrastructure. */
const tenants = {
  "_defaults.yaml": world["_defaults.yaml"]
    .replace(/infrastructure:[\s\S]*releases:/, "tenant: shopkeeper\ninfrastructure: {}\nreleases:")
    .replace("world/charts", "shop/charts"),
  "_clusters/main.yaml": "{}\n",
}

describe("a release that is handed over", () => {
  it("needs the infrastructure, but neither its chart nor its images", () => {
    expect(needsOf(handed)).toEqual({
      "infra:account": [],
      "infra:cluster": ["infra:account"],
      "infra:environment": ["infra:account", "infra:cluster"],
      "handover:shop": ["infra:account", "infra:cluster", "infra:environment"],
    })
  })

  it("goes with its environment", () => {
    expect(graphOf(handed).steps.find(({ id }) => id === "handover:shop")).toMatchObject({ shared: false })
  })
})

describe("a tenant's environment", () => {
  it("has one step in place of all infrastructure", () => {
    expect(needsOf(tenants)).toEqual({
      "infra:shared": [],
      "image:shop": [],
      "chart:shop": [],
      "release:shop": ["chart:shop", "image:shop", "infra:shared"],
    })
  })

  it("refers to what it is told, and to nothing else", () => {
    const defaults = tenants["_defaults.yaml"].replace("infra.rds.address", "infra.rds.master_secret_arn")
    expect(problemsOf(() => graphOf({ ...tenants, "_defaults.yaml": defaults }))).toEqual([
      expect.stringContaining("${infra.rds.master_secret_arn} is not shared with tenants | "),
    ])
  })
})

it("tells tenants no ARN of a secret, and no unit that they have no use for", () => {
  const outputs = {
    rds: { address: "db", port: 5432, master_secret_arn: "arn:secret" },
    state: { bucket: "state" },
  }
  expect(sharedOutputs(outputs)).toEqual({ rds: { address: "db", port: 5432 } })
})
