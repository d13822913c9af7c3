// Settings: complete ones are read, bad ones are all named at once.
import assert from "node:assert/strict"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { readConfig } from "../../src/config.ts"

const good = { PGHOST: "db", PGDATABASE: "dapps", PGUSER: "api", PGPASSWORD: "secret" }

test("reads a complete environment", () => {
  const { port, writePort, database } = readConfig({
    ...good,
    PORT: "1234",
    WRITE_PORT: "1235",
    PGPORT: "6543",
    PGSSLMODE: "disable",
  })
  assert.deepEqual([port, writePort], [1234, 1235])
  assert.equal(database.port, 6543)
  assert.equal(database.ssl, false)
})

test("writing has a port of its own, always", () => {
  const { port, writePort } = readConfig(good)
  assert.deepEqual([port, writePort], [8080, 8081])
  for (const env of [{ PORT: "8081" }, { WRITE_PORT: "8080" }, { PORT: "99", WRITE_PORT: "99" }])
    assert.throws(() => readConfig({ ...good, ...env }), /PORT and WRITE_PORT are both/)
  assert.throws(() => readConfig({ ...good, WRITE_PORT: "x" }), /WRITE_PORT is not a port/)
  readConfig({ ...good, PORT: "0", WRITE_PORT: "0" })
})

test("names every problem in one error, and no value of a secret", () => {
  assert.throws(
    () => readConfig({ PGPASSWORD: "secret", PORT: "http", PGSSLMODE: "prefer" }),
    (error: Error) =>
      ["PORT", "PGHOST", "PGDATABASE", "PGUSER", "PGSSLMODE"].every((name) => error.message.includes(name)) &&
      !error.message.includes("secret"),
  )
})

test("needs a password or a file with it", () => {
  assert.throws(() => readConfig({ ...good, PGPASSWORD: undefined }), /PGPASSWORD_FILE or PGPASSWORD/)
})

test("reads the password's file at each connection", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "api-")), "password")
  writeFileSync(file, "first\n")
  const password = readConfig({ ...good, PGPASSWORD_FILE: file }).database.password as () => Promise<string>
  assert.equal(await password(), "first")
  writeFileSync(file, "second")
  assert.equal(await password(), "second")
})

test("encrypts by default, and checks the server with verify-full", () => {
  assert.deepEqual(readConfig(good).database.ssl, { rejectUnauthorized: false })
  assert.deepEqual(readConfig({ ...good, PGSSLMODE: "verify-full" }).database.ssl, {
    rejectUnauthorized: true,
    ca: undefined,
  })
  assert.throws(() => readConfig({ ...good, PGSSLMODE: "verify-full", PGSSLROOTCERT: "/nowhere" }), /PGSSLROOTCERT/)
})
