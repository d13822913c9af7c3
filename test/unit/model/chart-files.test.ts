// Charts are checked when environments are loaded: what Helm would refuse late, or change in silence, with its place.
import { describe, expect, it } from "vitest"
import { chartDirectories, loadEnvironment, packings, withContent } from "../../../ci/pipeline/model/index.js"
import { edited, files, problemsOf } from "./fixture.js"

const shop = `apiVersion: v2
name: shop
version: 0.1.0
dependencies:
  - name: common
    version: 0.1.0
    repository: file://../common
`
const common = "apiVersion: v2\nname: common\ntype: library\nversion: 0.1.0\n"
const charts = { "charts/shop/Chart.yaml": shop, "charts/common/Chart.yaml": common }

/** The problems of an environment that installs the chart `shop`, with some files of charts replaced, added, or taken away. */
function problems(changes: Record<string, string | undefined> = {}, environment = files()): string[] {
  const entries = Object.entries({ ...charts, ...changes })
  const chartFiles = new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
  const options = { charts: chartDirectories(chartFiles.keys()), chartFiles }
  return problemsOf(() => loadEnvironment(environment, "one", options))
}

const replaced = (from: string, to: string, text = shop) => {
  expect(text).toContain(from)
  return text.replace(from, to)
}
const chart = (from: string, to: string) => problems({ "charts/shop/Chart.yaml": replaced(from, to) })
const library = (from: string, to: string) => problems({ "charts/common/Chart.yaml": replaced(from, to, common) })

describe("a chart is accepted", () => {
  it("as it is, with build metadata of its own, as Helm's first format, with keys that nobody knows", () => {
    expect(problems()).toEqual([])
    for (const version of ["0.0.1+5", "1.2.3-rc.1", "v1.2.3", '"1.0.0"', "1.0.0-a.b+c.d"])
      expect(chart("version: 0.1.0\ndep", `version: ${version}\ndep`), version).toEqual([])
    expect(chart("apiVersion: v2", "apiVersion: v1")).toEqual([])
    expect(chart("apiVersion: v2", "apiVersion: v2\nx: &a {b: 1}\ny: *a\ndescription:")).toEqual([])
    expect(problems({ "charts/shop/Chart.yaml": `\uFEFF${shop}` })).toEqual([])
  })
})

describe("a chart is refused, with its line:", () => {
  it.each([
    ["name: shop\n", "name: store\n", '2:7 the chart\'s name is "store", its directory is "shop"'],
    ["name: shop\n", "", "1:1 name is missing"],
    ["name: shop\n", "name: My Shop\n", '2:7 "My Shop" is not a chart\'s name'],
    ["name: shop\n", "name: on\n", "2:7 name must be a text, not true"],
    ["version: 0.1.0\ndep", "dep", "1:1 version is missing"],
    ["version: 0.1.0\ndep", "version: 1.0\ndep", "3:10 version must be a text, not 1 | put quotes"],
    ["version: 0.1.0\ndep", 'version: "1.0"\ndep', '3:10 "1.0" is not a version'],
    ["version: 0.1.0\ndep", "version: 01.2.3\ndep", '3:10 "01.2.3" is not a version'],
    ["version: 0.1.0\ndep", "version: 1.2.3+\ndep", '3:10 "1.2.3+" is not a version'],
    ["version: 0.1.0\ndep", "version: latest\ndep", '3:10 "latest" is not a version'],
    ["version: 0.1.0\ndep", `version: 1.2.3-${"a".repeat(120)}\ndep`, "3:10 the version has 126 characters"],
    ["apiVersion: v2\n", "", "1:1 apiVersion is missing"],
    ["apiVersion: v2\n", "apiVersion: v3\n", '1:13 there is no apiVersion "v3"'],
    ["apiVersion: v2\n", "apiVersion: 2\n", "1:13 apiVersion must be a text, not 2"],
    ["name: shop\n", "name: shop\ntype: service\n", '3:7 there is no type "service"'],
    ["file://../common", "file://../commons", '5:5 there is no chart in file://../commons for "common"'],
    ["file://../common", "file://../../..", "5:5 there is no chart in file://../../.."],
    [
      "    version: 0.1.0\n",
      "    version: 0.2.0\n",
      '5:5 version 0.2.0 of "common" is required, but charts/common has 0.1.0',
    ],
    ["name: common", "name: lib", '5:5 the chart in charts/common is "common", not "lib"'],
    ["    repository: file://../common\n", "", '5:5 "common" is not in charts/shop/charts'],
    ["dependencies:\n", "dependencies: 1\nothers:\n", "4:15 dependencies must be a list"],
    ["name: shop\n", "name: [\n", "not valid YAML"],
  ])("%j instead: %j", (from, to, message) => {
    const found = chart(from, to)
    expect(found[0]).toContain(message)
    for (const one of found) expect(one).toMatch(/^\.\.\/charts\/shop\/Chart\.yaml:\d+:\d+ /)
  })

  it("several together, those of its libraries and of the environment too, in words of the repository", () => {
    expect(library("version: 0.1.0", "version: x")[0]).toMatch(/^\.\.\/charts\/common\/Chart.yaml:4:10 "x" is not/)
    const wrong = { "charts/shop/Chart.yaml": "name: store\nversion: 1\n" }
    expect(problems(wrong, files({ "one.yaml": "cluster: main\ntier: dve\n" }))).toHaveLength(1) // the layer first
    expect(problems(wrong)).toEqual([
      expect.stringContaining("1:1 apiVersion is missing"),
      expect.stringContaining("1:7 the chart's name"),
      expect.stringContaining("2:10 version must be a text"),
    ])
    const options = { chartFiles: new Map(Object.entries(wrong)) }
    expect(() => loadEnvironment(files(), "one", options)).toThrow(
      /^3 problems in the charts:\n {2}charts\/shop\/Chart\.yaml:1:1: /,
    )
  })

  it("libraries that need each other in a cycle", () => {
    const text = replaced(
      "version: 0.1.0\n",
      "version: 0.1.0\ndependencies: [{ name: shop, repository: file://../shop }]\n",
      common,
    )
    expect(problems({ "charts/common/Chart.yaml": text })).toEqual([
      expect.stringContaining("in a cycle: charts/shop -> charts/common -> charts/shop"),
    ])
  })

  it("a library that is installed", () => {
    expect(problems({}, files(edited("_defaults.yaml", "chart: shop", "chart: common")))).toEqual([
      '_defaults.yaml:17:12 chart "common" is a library (charts/common/Chart.yaml): it installs nothing | name a chart that uses it: shop',
    ])
    const named = files(edited("_defaults.yaml", "chart: shop", "chart: comon"))
    expect(problems({}, named)).toEqual([expect.stringMatching(/there is no chart "comon" \| known: shop$/)])
  })
})

describe("what is packed into a chart", () => {
  const map = (more: Record<string, string>) => new Map(Object.entries({ ...charts, ...more }))
  const needs = (...names: string[]) =>
    `dependencies:\n${names.map((name) => `  - { name: ${name}, version: 0.1.0, repository: "file://../${name}" }\n`).join("")}`

  it("is made ready in the order in which it is needed, from beside the chart before charts/", () => {
    const all = map({
      "services/shop/chart/shop/Chart.yaml": `apiVersion: v2\nname: shop\nversion: 0.1.0\n${needs("lib2", "common")}`,
      "services/shop/chart/lib2/Chart.yaml": `apiVersion: v2\nname: lib2\nversion: 0.1.0\n${needs("lib3")}`,
      "services/shop/chart/lib3/Chart.yaml": `apiVersion: v2\nname: lib3\nversion: 0.1.0\n${needs("common")}`,
      "charts/lib2/Chart.yaml": "apiVersion: v2\nname: lib2\nversion: 9.9.9\n",
    })
    expect(packings("services/shop/chart/shop", all).map(({ directory, libraries }) => [directory, libraries])).toEqual(
      [
        ["charts/common", []],
        ["services/shop/chart/lib3", ["charts/common"]],
        ["services/shop/chart/lib2", ["services/shop/chart/lib3"]],
        ["services/shop/chart/shop", ["services/shop/chart/lib2", "charts/common"]],
      ],
    )
  })

  it("stays where it lies in charts/, but for what an earlier `helm dependency build` left", () => {
    const remote = (name: string) => `  - { name: ${name}, version: 1.0.0, repository: "https://charts.example.com" }\n`
    const all = map({
      "charts/shop/Chart.yaml": `${shop}${remote("redis")}${remote("kafka")}  - { name: side, version: 1.0.0 }\n`,
      "charts/shop/charts/common-0.0.9.tgz": "",
      "charts/shop/charts/common-extra-1.0.0.tgz": "",
      "charts/shop/charts/redis-1.0.0.tgz": "",
      "charts/shop/charts/side/Chart.yaml": "",
    })
    expect(packings("charts/shop", all).at(-1)).toMatchObject({
      libraries: ["charts/common"],
      remote: [{ name: "kafka" }],
      replaced: ["charts/common", "charts/common-0.0.9.tgz"],
    })
    expect(problems(Object.fromEntries(all))).toEqual([])
    expect(chartDirectories(all.keys())).toEqual(["charts/shop", "charts/common"])
  })
})

it("a version names the content, behind build metadata of its own", () => {
  const hash = "0123456789abcdef0123456789abcdef"
  expect(withContent("0.0.1", hash)).toBe("0.0.1+0123456789abcdef")
  expect(withContent("0.0.1+5", hash)).toBe("0.0.1+5.0123456789abcdef")
})
