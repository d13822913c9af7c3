// examples/dappstore is a repository of its own: what it names in itself is in it.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs"
import { dirname, join, relative } from "node:path"
import { expect, it } from "vitest"
import { exampleDirectory, linksOutOf } from "../module/tenant.js"
import { temporary } from "../temporary.js"

it("has no symbolic link that leads out of it", () => {
  expect(linksOutOf(exampleDirectory)).toEqual([])
})

it("one that does would be seen, and one that leads nowhere", () => {
  const directory = temporary("links")
  mkdirSync(join(directory, "charts/one"), { recursive: true })
  symlinkSync("one", join(directory, "charts/two"))
  symlinkSync("../..", join(directory, "charts/out"))
  symlinkSync("none", join(directory, "charts/nowhere"))
  expect(linksOutOf(directory).sort()).toEqual(["charts/nowhere", "charts/out"])
  rmSync(directory, { recursive: true })
})

const documents = readdirSync(exampleDirectory, { recursive: true, encoding: "utf8" }).filter(
  (path) => path.endsWith(".md") && !path.includes("node_modules"),
)

it.each(documents)("%s names files that are there", (document) => {
  const path = join(exampleDirectory, document)
  const targets = [...readFileSync(path, "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g)]
    .map(([, target]) => target)
    .filter((target) => !/^https?:/.test(target))
  for (const target of targets) {
    const named = join(dirname(path), target)
    expect(existsSync(named), target).toBe(true)
    expect(relative(exampleDirectory, named), target).not.toMatch(/^\.\./)
  }
})
