// The directories of tests: those of a killed run go with the next one, and what files share is made once.
import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { expect, test } from "vitest"
import { once, removeDead, temporary } from "../temporary.js"

/** The id of a process that is no longer there. */
const deadId = () => spawnSync("true").pid

test("the directory of a run that was killed is removed, that of one that runs stays", () => {
  const mine = temporary("mine")
  const dead = dirname(mine).replace(/\d+-\w+$/, `${deadId()}-killed`)
  mkdirSync(join(dead, "left"), { recursive: true })
  removeDead()
  expect(existsSync(dead)).toBe(false)
  expect(existsSync(mine)).toBe(true)
})

test("a file that several need at once is made by one of them", async () => {
  const path = join(temporary("shared"), "file")
  let made = 0
  const make = async () => {
    made++
    await new Promise((resolve) => setTimeout(resolve, 50))
    writeFileSync(path, "whole")
  }
  await Promise.all([once(path, make), once(path, make), once(path, make)])
  expect(made).toBe(1)
})

test("where making it fails, the next one tries", async () => {
  const path = join(temporary("shared"), "file")
  const fails = once(path, () => Promise.reject(new Error("no")))
  await expect(fails).rejects.toThrow("no")
  await once(path, async () => writeFileSync(path, "whole"))
  expect(existsSync(path)).toBe(true)
})

test("a process that is killed while it makes the file holds up nobody", async () => {
  const path = join(temporary("shared"), "file")
  const lock = join(dirname(temporary("any")), `making-${encodeURIComponent(path)}`)
  symlinkSync(String(deadId()), lock)
  await once(path, async () => writeFileSync(path, "whole"))
  expect(existsSync(path)).toBe(true)
})
