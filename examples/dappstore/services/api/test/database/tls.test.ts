// How the service checks the server's certificate, on a Postgres that speaks TLS.
import assert from "node:assert/strict"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { rootCertificates } from "node:tls"
import { readConfig } from "../../src/config.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"

const skip = process.env.PGHOST ? "PGHOST is set: only a server that is started here has a known certificate" : false
let postgres: Postgres
const directory = mkdtempSync(join(tmpdir(), "api-ca-"))

before(async () => {
  if (skip) return
  postgres = await startPostgres()
  writeFileSync(join(directory, "right.crt"), postgres.ca ?? "")
  writeFileSync(join(directory, "wrong.crt"), rootCertificates[0] ?? "")
})
after(() => postgres?.stop())

/** Whether the connection is encrypted, as the server sees it. */
async function encrypted(mode: string, host = "localhost", ca?: string): Promise<boolean> {
  const { port, user, database } = postgres.config
  const { database: config } = readConfig({
    PGHOST: host,
    PGPORT: `${port}`,
    PGUSER: `${user}`,
    PGDATABASE: `${database}`,
    PGPASSWORD: "",
    PGSSLMODE: mode,
    PGSSLROOTCERT: ca && join(directory, ca),
  })
  const query = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
  return await withClient(config, async (client) => (await client.query(query)).rows[0].ssl)
}

test("disable speaks plain text", { skip }, async () => {
  assert.equal(await encrypted("disable"), false)
})

test("require encrypts, whoever the server is", { skip }, async () => {
  assert.equal(await encrypted("require"), true)
  assert.equal(await encrypted("require", "127.0.0.1"), true)
})

test("verify-full takes the right certificate under its own name only", { skip }, async () => {
  assert.equal(await encrypted("verify-full", "localhost", "right.crt"), true)
  await assert.rejects(encrypted("verify-full", "127.0.0.1", "right.crt"), /does not match certificate's altnames/)
  await assert.rejects(encrypted("verify-full", "localhost", "wrong.crt"), /self-signed certificate/)
  await assert.rejects(encrypted("verify-full"), /self-signed certificate/)
})
