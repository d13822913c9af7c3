// Each chart with each of its example values: what it renders, that it may run where pods are restricted, what it refuses.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { looseEndsOf } from "./consistency.ts"
import { Charts, changed, chartDirectories, exampleFiles, manifestsOf } from "./helm.ts"
import { waysToWrite } from "./outside.ts"
import { breachesOf } from "./restricted.ts"

const charts = new Charts()
const existing = {
  "db-sync-database": ["password"],
  "dapp-store-database": ["password"],
  "database-admin": ["password"],
  "rds-ca": ["ca.crt"],
}

const examples = Object.keys(chartDirectories).flatMap((chart) =>
  exampleFiles(chart).map(([file, path]) => ({ chart, file, values: parse(readFileSync(path, "utf8")) })),
)
const example = (file: string) => examples.find((one) => one.file === file)?.values ?? expect.fail(`no example ${file}`)

describe.each(examples)("$chart with $file", ({ chart, file, values }) => {
  const text = charts.render(chart, values)

  it("renders what it did", async () => {
    await expect(text).toMatchFileSnapshot(join("expected", chart, file))
  })

  it("may run in a restricted namespace", () => {
    expect(manifestsOf(text).flatMap(breachesOf)).toEqual([])
  })

  it("fits together", () => {
    expect(looseEndsOf(manifestsOf(text), existing)).toEqual([])
  })

  it("can be changed from within only", () => {
    expect(waysToWrite(manifestsOf(text))).toEqual([])
  })

  it("refuses an unknown key, at the top and below", () => {
    expect(() => charts.render(chart, { ...values, typo: 1 })).toThrow(/'typo' not allowed/)
    expect(() => charts.render(chart, changed(values, "database.pasword", "x"))).toThrow(/'pasword' not allowed/)
  })

  it("refuses every image that is not pinned by digest", () => {
    for (const image of Object.keys(values.images)) {
      for (const reference of ["example.com/image:1", "example.com/image@sha256:12", "image:latest", "image"])
        expect(() => charts.render(chart, changed(values, `images.${image}`, reference)), reference).toThrow(
          `/images/${image}`,
        )
    }
  })
})

describe("what a chart refuses", () => {
  it.each([
    ["cluster-database.yaml", "network", "testnet"],
    ["cluster-database.yaml", "database.host", "elsewhere"],
    ["cluster-database.yaml", "database.secret.name", ""],
    ["cluster-database.yaml", "postgres.settings", { shared_buffers: "1GB'\nfsync = 'off" }],
    ["external-database.yaml", "database.host", ""],
    ["external-database.yaml", "database.sslMode", "disable"],
    ["external-database.yaml", "database.ca.configMap", ""],
    ["external-database.yaml", "database.admin.secret.name", ""],
    ["external-database.yaml", "ogmios.ingress.host", ""],
    ["external-database.yaml", "node.resources.limits", { memory: "many" }],
  ])("cardano-stuff: %s with %s = %j", (file, path, value) => {
    expect(() => charts.render("cardano-stuff", changed(example(file), path, value))).toThrow(
      `/${path.replaceAll(".", "/")}`,
    )
  })

  it.each([
    ["api.yaml", "api.replicas", 0],
    ["api.yaml", "api.ingress.host", ""],
    ["api.yaml", "database.user", "x; drop"],
    ["oura.yaml", "oura.kafka.brokers", []],
    ["oura.yaml", "oura.peer", "node"],
    ["oura.yaml", "oura.network", ""],
    ["oura.yaml", "oura.intersect", { type: "Point" }],
    ["api.yaml", "networkPolicy", { writers: { "dapp-store/writes": null } }],
    ["store.yaml", "frontend.replicas", 0],
    ["store.yaml", "frontend.ingress.host", ""],
    ["store.yaml", "images.frontend", ""],
    ["store.yaml", "validation.kafka.brokers", []],
    ["store.yaml", "validation.kafka.topic", "a b"],
    ["store.yaml", "images.validationService", ""],
  ])("dapp-store: %s with %s = %j", (file, path, value) => {
    expect(() => charts.render("dapp-store", changed(example(file), path, value))).toThrow(
      `/${path.replaceAll(".", "/")}`,
    )
  })
})
