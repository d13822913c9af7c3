// The gateway's own tests, which are written in its language.
import { spawnSync } from "node:child_process"
import { expect, test } from "vitest"

test("the gateway's Go tests pass", { timeout: 300_000 }, () => {
  const { status, stdout, stderr, error } = spawnSync("go", ["test", "./..."], {
    cwd: "sandbox/gateway",
    encoding: "utf8",
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
  })
  expect(error, "Go is needed to test the gateway: install golang").toBeUndefined()
  expect(status, stdout + stderr).toBe(0)
})
