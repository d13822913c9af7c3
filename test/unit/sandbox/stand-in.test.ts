// The stand-in for oura: its own tests, which are written in its language, and what its messages point to.
import { spawnSync } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { expect, test } from "vitest"

const messages = readFileSync("toolchain/images/stand-in/messages.json", "utf8")

test("the stand-in's Go tests pass", { timeout: 300_000 }, () => {
  const { status, stdout, stderr, error } = spawnSync("go", ["test", "./..."], {
    cwd: "toolchain/images/stand-in",
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
  })
  expect(error, "Go is needed to test the stand-in: install golang").toBeUndefined()
  expect(status, stdout + stderr).toBe(0)
})

test("of its registrations all but one name a document that the sandbox serves", () => {
  const documents = [...messages.matchAll(/https:\/\/(made-up\.example\/[^"]+)/g)].map(([, path]) => path)
  expect(documents).toHaveLength(4)
  const there = documents.filter((path) => existsSync(`sandbox/outside/${path}`))
  expect(there).toHaveLength(3)
  // Whoever sees one of them is told that it is made up.
  for (const path of there)
    expect(JSON.parse(readFileSync(`sandbox/outside/${path}`, "utf8")).projectName).toContain(
      "made up by the sandbox's stand-in for oura",
    )
})
