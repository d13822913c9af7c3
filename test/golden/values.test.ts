// What is written for Helm, read by Helm itself: values, Applications of Argo CD, environments; and what null does there.
import { join } from "node:path"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  argoApplications,
  environmentYaml,
  helmValues,
  type Json,
  loadEnvironment,
  lookupIn,
  resolve,
  yamlText,
} from "../../ci/pipeline/model/index.ts"
import { parseFile } from "../../ci/pipeline/model/text/parse.ts"
import { toJson } from "../../ci/pipeline/model/text/tree.ts"
import { write } from "../module/world.ts"
import { temporary } from "../temporary.js"
import { files, world } from "../unit/model/fixture.ts"
import { helm } from "./helm.ts"

const directory = temporary("values")
const shows = "values: {{ toJson .Values | b64enc }}\n"
const chart = (path: string, values: string) => {
  write(join(directory, path, "Chart.yaml"), `apiVersion: v2\nname: ${path.split("/").at(-1)}\nversion: 0.1.0\n`)
  write(join(directory, path, "values.yaml"), values)
}

/** The values that a chart sees when Helm is given a file. */
function seen(text: string, name = "empty"): Json {
  const file = join(directory, "given.yaml")
  write(file, text)
  const printed = helm("template", "example", join(directory, name), "--values", file)
  return JSON.parse(Buffer.from(/^values: (\S+)$/m.exec(printed)?.[1] ?? "", "base64").toString())
}

chart("empty", "{}\n")
write(join(directory, "empty/templates/values.yaml"), shows)
chart("defaults", "probe: { httpGet: { path: / }, period: 5 }\ntop: 1\nlist: [1]\nsub: { nested: { c: 1, d: 2 } }\n")
write(join(directory, "defaults/templates/values.yaml"), shows)
chart("defaults/charts/sub", "own: 1\nprobe: { httpGet: { path: / }, period: 5 }\nnested: { a: 1, b: 2 }\n")

const withValues = (values: string) =>
  loadEnvironment(files({ "one.yaml": `${world["one.yaml"]}releases:\n  shop:\n    values:\n${values}` }), "one")
const lookup = lookupIn({ images: { shop: "image" }, infra: { rds: { address: "address" } } })
const valuesOf = (environment: ReturnType<typeof withValues>) =>
  resolve(environment, ["releases", "shop", "values"], lookup).value
const exported = (environment: ReturnType<typeof withValues>) =>
  argoApplications(environment, { registry: "r", server: "https://s", charts: { shop: "sha256:0" }, lookup })

/** Texts that some reader takes for something else, or that some writer gets wrong. */
const words =
  "y Y yes NO no off On TRUE null ~ .inf -.INF .nan 0400 010 08 1_000 0_7 0b11 0o17 0x1F 0X1F 1e3 1.10 1. .5 +1 1:30 1:2.5 2026-01-31 = << - ? : # @ --- ..."
const text = fc.oneof(
  fc.constantFrom("", ...words.split(" ")),
  fc.string({ unit: fc.constantFrom(..."0123456789abcdefxXoOeEnNyY_+-.: ~"), maxLength: 8 }),
  fc.string({
    unit: fc.constantFrom(..."ab \n\t\r#:-'\"|>%{}[],&*!?\\", "---", "\u0085", "\u2028", "\ufeff", "\u007f", "é", "😀"),
  }),
  fc.string({ unit: "binary", maxLength: 12 }).filter((found) => !/\p{Surrogate}/u.test(found)),
)
const key = text.filter((found) => found !== "__proto__")
const settings = { seed: 1, numRuns: 300 }

describe("Helm reads what was written", () => {
  const written = fc.sample(
    fc.dictionary(key, fc.oneof(text, fc.array(text), fc.dictionary(key, text)), { maxKeys: 4 }),
    settings,
  )
  const plain: Json = JSON.parse(JSON.stringify(written))

  it.each([
    ["YAML", yamlText],
    ["JSON", helmValues],
  ])("as %s, whatever the texts and keys", (_, of) => {
    expect(seen(of({ written }))).toEqual({ written: plain })
  })

  it("in exported Applications", () => {
    const nasty = yamlText(Object.fromEntries(words.split(" ").map((word) => [word, [word]]))).replaceAll(
      /^/gm,
      "      ",
    )
    const environment = withValues(`${nasty.trimEnd()}\n`)
    const application = seen(exported(environment)) as { spec: { source: { helm: { valuesObject: Json } } } }
    expect(application.spec.source.helm.valuesObject).toEqual(valuesOf(environment))
    expect(valuesOf(environment)).toMatchObject({ no: ["no"], "1_000": ["1_000"], "0400": ["0400"] })
  })

  it("in what an environment is printed as", () => {
    const environment = withValues(
      '      "on": "off"\n      mode: "0400"\n      script: |\n        a: no\n        - x\n',
    )
    for (const origins of [false, true]) {
      const { releases } = seen(environmentYaml(environment, { origins })) as { releases: Json }
      expect(releases).toEqual(JSON.parse(JSON.stringify(environment.releases)))
    }
  })
})

it("Helm reads each plain value and key alike that is not refused", () => {
  const accepted = fc
    .sample(text, { seed: 2, numRuns: 1500 })
    .filter((found) => !/[\s#]/.test(found) && parseFile("a.yaml", `a: ${found}\n${found}: 1\n`).problems.length === 0)
  const given = [...new Set(accepted)].map((found) => `  - a: ${found}\n    ${found}: 1\n`).join("")
  expect(given.length).toBeGreaterThan(1000)
  const { tree, problems } = parseFile("a.yaml", `list:\n${given}`)
  expect(problems).toEqual([])
  expect(seen(`list:\n${given}`)).toEqual(JSON.parse(JSON.stringify(toJson(tree))))
})

describe("null", () => {
  const values = `      top: null
      probe: { httpGet: null, exec: { command: [x] } }
      list: null
      sub: { own: null, probe: { httpGet: null }, nested: { a: null, c: null } }
`
  it("removes defaults of a chart and of its subcharts", () => {
    const { image, host, database, replicas, ...found } = seen(
      helmValues(valuesOf(withValues(values))),
      "defaults",
    ) as {
      [key: string]: Json
    }
    expect({ image, host, replicas }).toEqual({ image: "image", host: "shop.one.example.org", replicas: 1 })
    expect(found).toEqual({
      probe: { exec: { command: ["x"] }, period: 5 },
      sub: { probe: { period: 5 }, nested: { b: 2, c: null, d: 2 }, global: {} },
    })
  })

  it("does so in exported Applications, too", () => {
    const environment = withValues(values)
    const application = seen(exported(environment)) as { spec: { source: { helm: { values: string } } } }
    expect(seen(application.spec.source.helm.values, "defaults")).toEqual(
      seen(helmValues(valuesOf(environment)), "defaults"),
    )
  })
})
