// The environments of this repository, and what the model says about terragrunt/ and editors.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { z } from "zod"
import { editorSchemas } from "../../../ci/pipeline/model/environments/editor-schema.js"
import { UNITS } from "../../../ci/pipeline/model/environments/units.js"
import {
  buildGraph,
  listEnvironments,
  loadEnvironment,
  loadEnvironments,
  lookupIn,
  resolve,
} from "../../../ci/pipeline/model/index.js"
import { environmentFiles } from "../../environment-files.js"
import { infrastructureOf, repositoryFiles } from "./fixture.js"

const root = new URL("../../../", import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), "utf8")
const files = repositoryFiles()
const charts = ["charts", "examples/dappstore/charts"].flatMap((directory) =>
  readdirSync(new URL(directory, root))
    .map((name) => `${directory}/${name}`)
    .filter((chart) => existsSync(new URL(`${chart}/Chart.yaml`, root))),
)

describe("environments", () => {
  const environments = loadEnvironments(files, { charts })
  const byName = Object.fromEntries(environments.map((environment) => [environment.name, environment]))

  it("are those that have a file", () => {
    expect(environmentFiles.length).toBeGreaterThan(0)
    expect(listEnvironments(files)).toEqual(environmentFiles)
  })

  it("are on the right network, tier and cluster", () => {
    for (const { name, network, tier, cluster, protected: isProtected } of environments) {
      expect(name).toBe(`${network ?? "lace"}-${tier}`)
      expect(cluster).toBe(tier === "prod" ? "prod" : "nonprod")
      expect(isProtected).toBe(tier === "prod")
    }
  })

  it("have db-sync's database where it belongs", () => {
    const database = (name: string) =>
      (byName[name].releases["cardano-stuff"]?.values as { database: Record<string, unknown> })?.database
    expect(database("preview-nightly").kind).toBe("cluster")
    expect(database("mainnet-dev")).toMatchObject({
      kind: "external",
      host: "${environments.lace-dev.infra.rds.address}",
      name: "db_sync_mainnet",
    })
    expect(database("mainnet-prod")).toMatchObject({ kind: "external", host: "${infra.rds.address}" })
    expect(database("lace-dev")).toBeUndefined()
  })

  it("share the infrastructure of the account and, on one cluster, of the cluster", () => {
    for (const environment of environments) {
      const { cluster } = environment
      const infrastructure = infrastructureOf(environment)
      const peer = byName[cluster === "prod" ? "preview-prod" : "lace-dev"]
      expect(infrastructure.account).toEqual(infrastructureOf(peer).account)
      expect(infrastructure.cluster).toEqual(infrastructureOf(peer).cluster)
    }
    const ranges = ["lace-dev", "preview-prod"].map((name) => infrastructureOf(byName[name]).cluster.network.cidr)
    expect(new Set(ranges).size).toBe(2)
  })

  it("protect the data of production", () => {
    for (const environment of environments) {
      const { name, tier } = environment
      expect(environment.units.rds.deletion_protection, name).toBe(tier === "prod")
    }
  })

  it("resolve completely once everything is deployed", () => {
    const anything = () => "something"
    for (const environment of environments) {
      for (const path of [["infrastructure"], ["releases"]]) {
        expect(resolve(environment, path, anything).unresolved).toEqual([])
        expect(resolve(environment, path, lookupIn({})).unresolved.length).toBe(
          environment.references.filter((located) => located.path[0] === path[0]).length,
        )
      }
      expect(buildGraph(environment).steps.length).toBeGreaterThan(5)
    }
  })

  it("build images from directories that exist", () => {
    for (const image of environments.flatMap((environment) => Object.values(environment.images))) {
      if ("build" in image && !image.build.context.includes(":"))
        expect(existsSync(new URL(image.build.context, root)), image.build.context).toBe(true)
    }
  })

  it("load one as they load together", () => {
    expect(loadEnvironment(files, "mainnet-dev")).toEqual(byName["mainnet-dev"])
  })
})

describe("units", () => {
  const blocks = (path: string, kind: string) =>
    new Map(
      [...read(path).matchAll(new RegExp(`^${kind} "(\\w+)" \\{\\n([\\s\\S]*?)^\\}`, "gm"))].map((match) => [
        match[1],
        match[2],
      ]),
    )

  it.each(Object.entries(UNITS))("%s takes what its configuration reads of wider scopes", (name, unit: object) => {
    const taken = "takes" in unit ? Object.entries(unit.takes as Record<string, string[]>) : []
    const read_ = read(`terragrunt/units/${name}/terragrunt.hcl`).matchAll(/locals\.outputs\.(\w+\.\w+)/g)
    expect(taken.flatMap(([from, outputs]) => outputs.map((output) => `${from}.${output}`)).sort()).toEqual(
      [...new Set([...read_].map(([, output]) => output))].sort(),
    )
  })

  it.each(Object.entries(UNITS))("%s has the inputs and outputs that its module has", (name, unit) => {
    const variables = blocks(`terragrunt/modules/${name}/variables.tf`, "variable")
    const inputs = read(`terragrunt/units/${name}/terragrunt.hcl`).match(/^inputs = \{\n([\s\S]*?)^\}/m)?.[1] ?? ""
    const connected = new Set([...inputs.matchAll(/^ {2}(\w+)\s*=/gm)].map((match) => match[1]))
    const open = [...variables].filter(([variable]) => !connected.has(variable))
    expect(Object.keys(unit.inputs.shape).sort()).toEqual(open.map(([variable]) => variable).sort())
    const required = open.filter(([, body]) => !/^ {2}default\s*=/m.test(body)).map(([variable]) => variable)
    const demanded = Object.entries(unit.inputs.shape).filter(([, schema]) => !(schema instanceof z.ZodOptional))
    expect(demanded.map(([input]) => input).sort()).toEqual(required.sort())
    expect([...unit.outputs].sort()).toEqual(
      [...blocks(`terragrunt/modules/${name}/outputs.tf`, "output").keys()].sort(),
    )
    expect(existsSync(new URL(`terragrunt/stacks/${unit.scope}/terragrunt.stack.hcl`, root))).toBe(true)
    expect(read(`terragrunt/stacks/${unit.scope}/terragrunt.stack.hcl`)).toContain(`unit "${name}"`)
  })
})

describe("editor schemas", () => {
  // vitest -u writes them anew.
  it.each(Object.entries(editorSchemas()))("environments/%s is up to date", async (name, text) => {
    await expect(text).toMatchFileSnapshot(`../../../environments/${name}`)
  })

  it("are named by the files that they are for", () => {
    for (const [path, text] of files) {
      const name = path === "images.yaml" ? "images.schema.json" : path.includes("/") ? "../schema.json" : "schema.json"
      expect(text.split("\n")[0], path).toBe(`# yaml-language-server: $schema=${name}`)
    }
  })
})
