// What `dagger functions` and `--help` list of the module: the first line of each function's description.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"

const source = readFileSync(join(import.meta.dirname, "../../ci/src/index.ts"), "utf8")
const described = [
  ...source.matchAll(/\/\*\*\n {3}\* ([^\n]*)\n(?:(?!\*\/).)*?\*\/\s*@func\(.*?\)\s*(?:async )?(\w+)/gs),
]

test("every function is described", () => {
  expect(described.length).toBeGreaterThan(20)
  expect(described).toHaveLength([...source.matchAll(/@func\(/g)].length)
})

test.each(described.map(([, line, name]) => [name, line]))("%s: one whole sentence that fits", (_, line) => {
  expect(line).toMatch(/\.$/)
  expect(line.length).toBeLessThanOrEqual(100)
})
