// The scripts of the workflows, run with a stand-in for the wrapper.
import { spawnSync } from "node:child_process"
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, test } from "vitest"
import { temporary } from "../../temporary.js"

const scripts = join(import.meta.dirname, "../../../.github/scripts")
let directory: string

beforeEach(() => {
  directory = temporary("scripts")
})
afterEach(() => rmSync(directory, { recursive: true }))

/** Runs a script in a directory whose `./daggerw` does what is given; yields its exit code and what it wrote. */
function run(script: string, args: string[], daggerw = ""): { code: number | null; written: string } {
  const file = join(directory, "written")
  writeFileSync(file, "")
  writeFileSync(join(directory, "daggerw"), `#!/bin/bash\n${daggerw}\n`, { mode: 0o755 })
  const env = { PATH: process.env.PATH, GITHUB_OUTPUT: file, GITHUB_STEP_SUMMARY: file }
  const { status } = spawnSync(join(scripts, script), args, { cwd: directory, env })
  return { code: status, written: readFileSync(file, "utf8") }
}

test("output.sh writes what the command prints, and nothing if it fails", () => {
  const args = ["names", "./daggerw", "call", "a b"]
  expect(run("output.sh", args, `printf '["%s"]\\n' "$2"`)).toEqual({ code: 0, written: 'names=["a b"]\n' })
  expect(run("output.sh", args, "echo half; exit 3")).toEqual({ code: 3, written: "" })
})

test("publish-program.sh writes an output for each value, and nothing if it fails", () => {
  const args = ["helm", "ghcr.io/o/w"]
  const print = `[ "$*" = 'call publish-program --name helm --repository ghcr.io/o/w' ] && echo '{"image":"i","digest":"d"}'`
  expect(run("publish-program.sh", args, print)).toEqual({ code: 0, written: "image=i\ndigest=d\n" })
  expect(run("publish-program.sh", args, "exit 3")).toEqual({ code: 3, written: "" })
})

test("summary.sh shows a file as it is, below a title", () => {
  const file = join(directory, "file")
  writeFileSync(file, "# a\n\n*b*\n")
  const written = "### What it is\n\n    # a\n    \n    *b*\n"
  expect(run("summary.sh", ["What it is", file])).toEqual({ code: 0, written })
  expect(run("summary.sh", ["What it is", `${file}s`]).code).not.toBe(0)
})
