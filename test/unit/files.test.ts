// Which files below environments/ are read, and what is said of those that cannot be.
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { readFolder } from "../../ci/pipeline/commands/files.js"
import { temporary } from "../temporary.js"
import { problemsOf } from "./model/fixture.js"

let directory: string
beforeEach(() => {
  directory = temporary("files")
})
afterEach(() => rmSync(directory, { recursive: true }))

function put(path: string, bytes: string | Buffer = path) {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), bytes)
}
function link(path: string, to: string) {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  symlinkSync(to, join(directory, path))
}
const read = () => readFolder(join(directory, "environments"))
const problems = async () => {
  const error = await read().catch((thrown) => thrown)
  return problemsOf(() => {
    throw error
  })
}

test("YAML files, by their path; nothing hidden, no backups, no other files", async () => {
  for (const path of ["a.yaml", "_tiers/dev.yaml", "b.yml", "c.YAML", "d.yaml/e.yaml"]) put(`environments/${path}`)
  for (const path of ["._a.yaml", ".yamllint.yaml", ".idea/a.yaml", "_tiers/._dev.yaml", "_tiers/.x/a.yaml"])
    put(`environments/${path}`)
  for (const path of ["a.yaml~", "#a.yaml#", "a.yaml.orig", "README.md", "schema.json"]) put(`environments/${path}`)
  link("environments/.#a.yaml", "somebody@machine.1234")
  expect([...(await read()).keys()]).toEqual(["_tiers/dev.yaml", "a.yaml", "b.yml", "c.YAML", "d.yaml/e.yaml"])
})

test("a link is read as what it leads to", async () => {
  put("environments/shared.txt", "cluster: main\n")
  put("environments/_tiers/dev.yaml", "{}\n")
  link("environments/a.yaml", "shared.txt")
  link("environments/_tiers/test.yaml", "dev.yaml")
  const files = await read()
  expect(files.get("a.yaml")).toBe("cluster: main\n")
  expect(files.get("_tiers/test.yaml")).toBe("{}\n")
})

test("links out of the folder, to nothing, in a circle, and to directories are said, all of them", async () => {
  put("shared/a.yaml")
  put("environments/real/x.txt")
  link("environments/a.yaml", "../shared/a.yaml")
  link("environments/b.yaml", "/etc/hostname")
  link("environments/c.yaml", "missing.yaml")
  link("environments/d.yaml", "d.yaml")
  link("environments/_tiers", "../shared")
  link("environments/_networks", "real")
  link("environments/LICENSE", "../LICENSE")
  const nowhere = "this link leads nowhere, or out of environments/, where nothing is read | put the file itself here"
  expect(await problems()).toEqual([
    "_networks:1:1 links to directories are not followed | put the files themselves here",
    `_tiers:1:1 ${nowhere}`,
    ...["a", "b", "c", "d"].map((name) => `${name}.yaml:1:1 ${nowhere}`),
  ])
})

test("the folder itself as a link is said; without it there is nothing", async () => {
  expect((await read()).size).toBe(0)
  put("shared/a.yaml")
  link("environments", "shared")
  await expect(read()).rejects.toThrow(/environments is a link, which is not followed/)
})

test("a byte order mark is no part of the text; another encoding is said", async () => {
  put("environments/a.yaml", "\uFEFFcluster: main\n")
  expect((await read()).get("a.yaml")).toBe("cluster: main\n")
  put("environments/b.yaml", Buffer.from("name: Z\xfcrich\n", "latin1"))
  put("environments/c.yaml", Buffer.from("\uFEFFcluster: main\n", "utf16le"))
  expect(await problems()).toEqual(
    ["b", "c"].map((name) => `${name}.yaml:1:1 this file is not UTF-8 | save it with the encoding UTF-8`),
  )
})
