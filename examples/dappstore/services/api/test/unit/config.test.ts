// Settings: complete ones are read, bad ones are all named at once.
import assert from "node:assert/strict"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { readConfig } from "../../src/config.ts"

const good = { PGHOST: "db", PGDATABASE: "dapps", PGUSER: "api", PGPASSWORD: "secret" }

test("reads a complete environment", () => {
  const { port, database } = readConfig({ ...good, PORT: "1234", PGPORT: "6543", PGSSLMODE: "disable" })
  assert.equal(port, 1234)
  assert.equal(database.port, 6543)
  assert.equal(database.ssl, false)
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
