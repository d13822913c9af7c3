// Holds the layers: imports point downwards only, and the lowest knows neither the engine nor any client.
import { readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { findCycle } from "../../ci/pipeline/model/text/order.js"

const root = resolve(import.meta.dirname, "../../ci")

/** From the top down: a file may import from its own layer and from those below it. */
const layers = [
  "src/index.ts",
  ...["commands", "steps", "tools", "targets"].map((name) => `pipeline/${name}/`),
  "pipeline/model/index.ts",
  ...["cluster", "records", "environments", "sources", "text"].map((room) => `pipeline/model/${room}/`),
]

/** What the model may import beside itself. */
const pure = ["yaml", "zod"]

const files = ["src", "pipeline"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => join(folder, path)),
)
const rank = (path: string) => layers.findIndex((layer) => path.startsWith(layer))

function imports(path: string): string[] {
  const text = readFileSync(join(root, path), "utf8")
  return [...text.matchAll(/^(?:import|export)\b[^"]*?\bfrom "([^"]+)"|\bimport\("([^"]+)"\)/gms)].map(
    ([, named, dynamic]) => named ?? dynamic,
  )
}

/** The first sentence of a file, if it begins with a comment. */
function firstSentence(path: string): string {
  const text = readFileSync(join(root, path), "utf8")
  const [comment = ""] = /^(\/\/[^\n]*\n)+|^\/\*\*.*?\*\//s.exec(text) ?? []
  const words = comment.split(/\s+/).filter((word) => /\w/.test(word))
  return words.slice(0, words.findIndex((word) => /\.$/.test(word)) + 1).join(" ")
}

const sentences = new Map(files.map((path) => [path, firstSentence(path)]))

test("every file belongs to a layer", () => {
  expect(files.filter((path) => rank(path) < 0)).toEqual([])
})

// The SDK's compiler follows every other import, at each start: see the file.
test("the functions name what they load by #", () => {
  const functions = imports("src/index.ts")
  expect(functions.length).toBeGreaterThan(20)
  expect(functions.filter((target) => target !== "@dagger.io/dagger" && !target.startsWith("#"))).toEqual([])
})

/** The files that a file imports. */
const local = (path: string): string[] =>
  imports(path)
    .filter((target) => target.startsWith("."))
    .map((target) => relative(root, resolve(root, dirname(path), target)).replace(/\.js$/, ".ts"))

test("no file imports itself, through whichever others", () => {
  expect(findCycle(files, local)).toBeUndefined()
})

describe.each(files)("%s", (path) => {
  test("imports no higher layer", () => {
    expect(local(path).filter((target) => rank(target) < rank(path))).toEqual([])
  })

  test("says first what it does, in a sentence of its own", () => {
    const sentence = sentences.get(path)
    expect(sentence).toMatch(/^\S+( \S+){2,}\.$/)
    expect(files.filter((other) => sentences.get(other) === sentence)).toEqual([path])
  })

  if (path.startsWith("pipeline/model/"))
    test("is plain data and pure functions", () => {
      const foreign = imports(path).filter((target) => !target.startsWith(".") && !target.startsWith("node:"))
      expect(foreign.filter((target) => !pure.includes(target))).toEqual([])
    })
})
