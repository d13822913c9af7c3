// The list of functions that work on a target says what the module does, and the README says the same.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { kebab } from "../module-interface.js"
import { targetFunctions } from "../target-functions.js"

const read = (path: string) => readFileSync(join(import.meta.dirname, "../..", path), "utf8")

/** Functions of the module with the file and the name of what does their work. */
const works = read("ci/src/index.ts")
  .split("@func(")
  .slice(1)
  .map((text) => ({
    name: kebab(/async (\w+)\(/.exec(text)?.[1] ?? ""),
    file: /import\("#commands\/(.+)\.js"\)/.exec(text)?.[1],
    work: /\(session(?:, owner)?\) => (\w+)\(/.exec(text)?.[1],
  }))

/** Whether a command begins a deployment, which is the one way to a target. */
function usesTarget(file: string | undefined, work: string | undefined): boolean {
  if (!file || !work) return false
  const text = read(`ci/pipeline/commands/${file}.ts`)
  const body = new RegExp(`\\nexport async function ${work}\\(.*?\\n}\\n`, "s").exec(text)
  if (!body) throw new Error(`${file}.ts has no ${work}`)
  return /\bsession\.(deployment|target)\(/.test(body[0])
}

test("the wrapper lists the functions that use a target", () => {
  const using = works.filter(({ file, work }) => usesTarget(file, work)).map(({ name }) => name)
  expect(using.sort()).toEqual(targetFunctions)
})

test("the README lists them first", () => {
  const [, table] = /^\| function \| what it does \|\n(.*?)^\| `environments`/ms.exec(read("README.md")) ?? []
  const listed = [...table.matchAll(/^\| `([\w-]+)/gm)].map(([, name]) => name)
  expect(listed.sort()).toEqual(targetFunctions)
})
