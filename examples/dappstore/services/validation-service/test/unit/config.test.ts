// Settings: complete ones are read, bad ones are all named at once.
import assert from "node:assert/strict"
import { mkdtempSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { readConfig } from "../../src/config.ts"

const good = {
  PGHOST: "db",
  PGDATABASE: "dapps",
  PGUSER: "validation",
  PGPASSWORD: "secret",
  KAFKA_BROKERS: "b-1.example:9092, b-2.example:9092",
  KAFKA_TOPIC: "cardano.dapps",
}

test("defaults", () => {
  const { port, kafka, metadata, database } = readConfig(good)
  assert.equal(port, 8080)
  assert.deepEqual(kafka, {
    brokers: ["b-1.example:9092", "b-2.example:9092"],
    topic: "cardano.dapps",
    group: "dapps-validation",
    tls: false,
  })
  assert.deepEqual(metadata, {
    maxBytes: 1024 * 1024,
    timeoutMs: 10_000,
    maxRedirects: 3,
    allowPrivate: false,
    ipfsGateway: undefined,
  })
  assert.deepEqual(database.ssl, { rejectUnauthorized: false })
})

test("reads a complete environment", () => {
  const { kafka, metadata } = readConfig({
    ...good,
    KAFKA_GROUP: "other",
    KAFKA_TLS: "on",
    METADATA_MAX_BYTES: "5",
    METADATA_TIMEOUT_MS: "6",
    METADATA_MAX_REDIRECTS: "0",
    METADATA_ALLOW_PRIVATE: "on",
    IPFS_GATEWAY: "http://ipfs:8080/",
  })
  assert.deepEqual([kafka.group, kafka.tls], ["other", true])
  assert.deepEqual(metadata, {
    maxBytes: 5,
    timeoutMs: 6,
    maxRedirects: 0,
    allowPrivate: true,
    ipfsGateway: "http://ipfs:8080",
  })
})

test("names every problem in one error, and no value of a secret", () => {
  const bad = {
    PORT: "http",
    KAFKA_BROKERS: "b-1,b-2:99999",
    KAFKA_TLS: "yes",
    METADATA_MAX_BYTES: "1MB",
    METADATA_TIMEOUT_MS: "0",
    METADATA_MAX_REDIRECTS: "-1",
    METADATA_ALLOW_PRIVATE: "true",
    IPFS_GATEWAY: "https://user:secret@gateway.example",
    PGPASSWORD: "secret",
    PGSSLMODE: "prefer",
  }
  const names = [...Object.keys(bad), "KAFKA_TOPIC is not set", "PGHOST", "PGDATABASE", "PGUSER"]
  assert.throws(
    () => readConfig(bad),
    ({ message }: Error) => {
      const missing = names.filter((name) => name !== "PGPASSWORD" && !message.includes(name))
      assert.deepEqual(missing, [])
      assert.match(message, /has b-1,.*has b-2:99999,/s)
      return !message.includes("secret")
    },
  )
  assert.throws(() => readConfig({ ...good, KAFKA_TOPIC: "a/b" }), /KAFKA_TOPIC is a\/b/)
  assert.throws(() => readConfig({ ...good, KAFKA_BROKERS: "a:1," }), /an empty entry/)
  assert.throws(() => readConfig({ ...good, IPFS_GATEWAY: "http://ipfs:8080" }), /IPFS_GATEWAY must be an https/)
})

test("reads the password's file at each connection", async () => {
  const file = join(mkdtempSync(join(tmpdir(), "validation-")), "password")
  writeFileSync(file, "first\n")
  const password = readConfig({ ...good, PGPASSWORD_FILE: file }).database.password as () => Promise<string>
  assert.equal(await password(), "first")
  writeFileSync(file, "second")
  assert.equal(await password(), "second")
  assert.throws(() => readConfig({ ...good, PGPASSWORD: undefined }), /PGPASSWORD_FILE or PGPASSWORD/)
})
