// The process: bad settings end it.
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { test } from "node:test"

const main = new URL("../../src/main.ts", import.meta.url).pathname

test("bad settings end it with a message that names them all", () => {
  const env = { PATH: process.env.PATH, PORT: "x", PGPASSWORD: "very-secret" }
  const { status, stdout } = spawnSync(process.execPath, [main], { env, encoding: "utf8" })
  assert.equal(status, 1)
  assert.match(stdout, /PORT is not a port.*KAFKA_BROKERS is not set.*KAFKA_TOPIC is not set.*PGHOST is not set/s)
  assert.doesNotMatch(stdout, /very-secret/)
})
