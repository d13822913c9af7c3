// What charts and images are made of: all of it moves their versions, nothing else does, and all of it is in them.
import { chmodSync, readFileSync, rmSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parse } from "yaml"
import { temporary } from "../temporary.js"
import { Caller, errorOf } from "./caller.js"
import { write } from "./world.js"

const map = (name: string, value = "1") => `apiVersion: v1
kind: ConfigMap
metadata: { name: ${name} }
data: { value: "${value}" }
`
const needs = (...lines: string[]) => `dependencies:\n${lines.map((line) => `  - { ${line} }\n`).join("")}`
const file = (name: string) => `name: ${name}, version: 0.1.0, repository: "file://../${name}"`
const chart = (name: string, more = "", version = "0.1.0") =>
  `apiVersion: v2\nname: ${name}\nversion: ${version}\n${more}`
const library = (name: string, value: string, more = "") => ({
  [`charts/${name}/Chart.yaml`]: chart(name, `type: library\n${more}`),
  [`charts/${name}/templates/_value.tpl`]: `{{ define "${name}" }}${value}{{ end }}`,
})
const charts = ["transitive", "vendored", "declared", "archived", "ignoring", "metadata", "same"]
const images = ["ignored", "modules", "built"]

const files: Record<string, string> = {
  ...library("lib2", '{{ include "lib3" . }}', needs(file("lib3"))),
  ...library("lib3", "first"),
  "charts/transitive/Chart.yaml": chart("transitive", needs(file("lib2"))),
  "charts/transitive/templates/map.yaml": map("transitive", '{{ include "lib2" . }}'),
  // What an earlier `helm dependency build` left, of another version; Helm fails when it loads it.
  "charts/transitive/charts/lib2-0.0.9.tgz": "not an archive",
  "charts/vendored/Chart.yaml": chart("vendored"),
  "charts/vendored/charts/side/Chart.yaml": chart("side"),
  "charts/vendored/charts/side/templates/map.yaml": map("side"),
  "charts/declared/Chart.yaml": chart("declared", needs("name: side, version: 0.1.0", file("lib3"))),
  "charts/declared/charts/side/Chart.yaml": chart("side"),
  "charts/declared/charts/side/templates/map.yaml": map("declared-side"),
  "charts/archived/Chart.yaml": chart(
    "archived",
    needs('name: away, version: ^1.0.0, repository: "https://no.invalid"'),
  ),
  "charts/ignoring/Chart.yaml": chart("ignoring"),
  "charts/ignoring/.helmignore": "examples/\n",
  "charts/ignoring/examples/one.yaml": "1",
  "charts/metadata/Chart.yaml": chart("metadata", "", "0.0.1+5"),
  "charts/same/Chart.yaml": chart("same", needs(file("lib3"))),
  "charts/same/templates/map.yaml": map("same"),
  "environments/shop.yaml": `cluster: nonprod
tier: nightly
releases:
${charts.map((name) => `  ${name}: { chart: ${name}, namespace: shop, values: { images: ["\${images.${images.join('}", "${images.')}}"] } }\n`).join("")}`,
  "environments/images.yaml": images
    .map((name) => `${name}:\n  repository: shop/${name}\n  build: { context: services/${name} }\n`)
    .join(""),
  ...Object.fromEntries(
    images.map((name) => [`services/${name}/Dockerfile`, "FROM busybox:1.37\nCOPY . /context\nUSER 1000\n"]),
  ),
  "services/ignored/.dockerignore": "# not built from\n**/node_modules/\n*.md\n!keep.md\nDockerfile\n",
  "services/ignored/node_modules/a/index.js": "1",
  "services/ignored/src/node_modules/b/index.js": "1",
  "services/ignored/notes.md": "1",
  "services/ignored/keep.md": "1",
  "services/ignored/.git/HEAD": "1",
  "services/modules/node_modules/a/index.js": "1",
}

interface Sources {
  charts: Record<string, string>
  images: Record<string, string>
}

let caller: Caller
let out: string
let before: Sources
const rendered = (name: string) => readFileSync(join(out, "releases", `${name}.yaml`), "utf8")

/** Renders the environment and says which versions its parts have. */
async function versions(): Promise<Sources> {
  const { code, stderr } = await caller.daggerw(["render", "--env", "shop", "export", "--path", out])
  expect(code, stderr.slice(-20_000)).toBe(0)
  return parse(readFileSync(join(out, "sources.yaml"), "utf8"))
}

const archive = (value: string) => {
  const entries = { "away/Chart.yaml": chart("away", "", "1.2.0"), "away/templates/map.yaml": map("away", value) }
  return gzipSync(
    Buffer.concat([...Object.entries(entries).flatMap(([name, text]) => tarEntry(name, text)), Buffer.alloc(1024)]),
  )
}

/** One file of a tar archive. */
function tarEntry(name: string, text: string): Buffer[] {
  const header = Buffer.alloc(512)
  header.write(name, 0)
  header.write("0000644\0", 100)
  header.write(`${text.length.toString(8).padStart(11, "0")}\0`, 124)
  header.write("00000000001\0        0", 136)
  header.write("ustar\x0000", 257)
  header.write(
    `${[...header]
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, "0")}\0 `,
    148,
  )
  return [header, Buffer.from(text.padEnd(Math.ceil(text.length / 512) * 512, "\0"))]
}
const writeArchive = (value: string) =>
  write(join(caller.path, "charts/archived/charts/away-1.2.0.tgz"), archive(value) as unknown as string)

beforeAll(async () => {
  caller = new Caller(files)
  out = temporary("rendered")
  writeArchive("first")
  before = await versions()
})
afterAll(() => {
  caller.remove()
  rmSync(out, { recursive: true })
})

describe("what is packed", () => {
  test("is rendered: libraries of libraries, and what lies in charts/, declared or not, unpacked or not", () => {
    expect(rendered("transitive")).toContain('value: "first"')
    expect(rendered("vendored")).toContain("name: side")
    expect(rendered("declared")).toContain("name: declared-side")
    expect(rendered("archived")).toContain("name: away")
  })

  test("moves the version, a library's library and build metadata's chart too; what is ignored does not", async () => {
    expect(before.charts.metadata).toMatch(/^0\.0\.1\+5\.[0-9a-f]{16}$/)
    expect(before.charts.same).toMatch(/^0\.1\.0\+[0-9a-f]{16}$/)
    const path = (name: string) => join(caller.path, name)
    caller.edit("charts/vendored/charts/side/templates/map.yaml", '"1"', '"2"')
    caller.edit("charts/declared/charts/side/templates/map.yaml", '"1"', '"2"')
    writeArchive("second")
    caller.write("charts/metadata/README.md", "more\n")
    caller.write("charts/ignoring/examples/one.yaml", "2")
    chmodSync(path("charts/same/templates/map.yaml"), 0o600)
    utimesSync(path("charts/same/Chart.yaml"), 1, 1)
    rmSync(path("charts/transitive/charts"), { recursive: true })

    caller.write("services/ignored/node_modules/a/index.js", "2")
    caller.write("services/ignored/src/node_modules/c/index.js", "1")
    caller.write("services/ignored/notes.md", "2")
    caller.write("services/modules/node_modules/a/index.js", "2")
    const first = await versions()
    const moved = (now: Sources, then: Sources, kind: keyof Sources) =>
      Object.keys(now[kind]).filter((name) => now[kind][name] !== then[kind][name])
    expect(moved(first, before, "charts").sort()).toEqual(["archived", "declared", "metadata", "vendored"])
    expect(moved(first, before, "images")).toEqual(["modules"])

    caller.edit("charts/lib3/templates/_value.tpl", "first", "second")
    caller.edit("environments/_clusters/nonprod.yaml", "{}", "platform: linux/arm64")
    caller.write("services/ignored/keep.md", "2")
    const second = await versions()
    expect(moved(second, first, "charts").sort()).toEqual(["declared", "same", "transitive"])
    expect(rendered("transitive")).toContain('value: "second"')
    expect(moved(second, first, "images").sort()).toEqual([...images].sort())
    caller.write("environments/_clusters/nonprod.yaml", "{}\n")
  })
})

test("an image holds what .dockerignore leaves in its context, nothing less, for the cluster's platform", async () => {
  const build = (name: string, ...more: string[]) => caller.daggerw(["build", "--service", name, ...more])
  const entries = await build("ignored", "directory", "--path", "/context", "glob", "--pattern", "**")
  expect(entries.code, entries.stderr.slice(-20_000)).toBe(0)
  const names = entries.stdout.trim().split("\n")
  expect(names).toEqual(expect.arrayContaining(["keep.md", ".git/HEAD"]))
  expect(names.filter((name) => /index\.js|notes|Dockerfile/.test(name))).toEqual([])
  const module = await build("modules", "file", "--path", "/context/node_modules/a/index.js", "contents")
  expect(module.stdout).toContain("2")
  expect((await build("built", "platform")).stdout).toContain("linux/amd64")
})

test("a wrong chart fails where the files are read, with its line, in every command", async () => {
  caller.edit("charts/same/Chart.yaml", "name: same", "name: shop")
  caller.edit("charts/metadata/Chart.yaml", "0.0.1+5", "latest")
  for (const command of ["render", "plan", "publish", "deploy"]) {
    const error = errorOf(await caller.call([command, "--env", "shop"]))
    expect(error).toContain("2 problems in the charts")
    expect(error).toContain('charts/same/Chart.yaml:2:7: the chart\'s name is "shop", its directory is "same"')
    expect(error).toContain('charts/metadata/Chart.yaml:3:10: "latest" is not a version')
  }
})
