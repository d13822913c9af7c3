// The HTTP interface over the store on a real Postgres.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import type { Claim } from "../../src/cip72.ts"
import { createMetrics } from "../../src/metrics.ts"
import { createHttp } from "../../src/server.ts"
import { type Entry, Store } from "../../src/store.ts"
import { listen, type Running } from "../http.ts"
import { newHash, newSubject, offChain } from "../oura.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"

const metrics = createMetrics()
let postgres: Postgres
let store: Store
let http: Running

before(async () => {
  postgres = await startPostgres()
  store = new Store(postgres.config, () => {})
  await store.prepare(new AbortController().signal)
  http = await listen(createHttp(store, { joined: true }, metrics, () => {}))
})
after(async () => {
  await http?.stop()
  await store?.close()
  await postgres?.stop()
})
beforeEach(() => withClient(postgres.config, (client) => client.query("TRUNCATE registrations")))

type Page = { registrations: Record<string, unknown>[]; next: string | null }
const get = async (query = "") => (await (await fetch(`${http.url}/registrations${query}`)).json()) as Page
const hashes = ({ registrations }: Page) => registrations.map(({ txHash }) => txHash)

/** Records registrations, and returns their hashes, newest first as they are listed. */
async function record(count: number, subject?: string): Promise<string[]> {
  const keys = Array.from({ length: count }, () => newHash().toString("hex"))
  for (const key of keys)
    await store.record({ key, txHash: key, claim: { subject }, verdict: { status: "invalid", reasons: ["x"] } })
  return keys.reverse()
}

test("lists the newest registrations, and where the next page begins", async () => {
  const all = await record(120)
  const first = await get()
  assert.deepEqual(hashes(first), all.slice(0, 100))
  const last = await get(`?after=${first.next}`)
  assert.deepEqual(hashes(last), all.slice(100))
  assert.equal(last.next, null)
  assert.deepEqual(hashes(await get("?limit=2")), all.slice(0, 2))
  assert.equal((await get("?limit=120")).next, null)
  assert.deepEqual(await get("?after=1"), { registrations: [], next: null })
})

test("pages stay the same while registrations come", async () => {
  const before = await record(3)
  const { next } = await get("?limit=2")
  await record(5)
  assert.deepEqual(hashes(await get(`?limit=2&after=${next}`)), before.slice(2))
})

test("lists those of one subject alone, however old they are", async () => {
  const [one, other] = [newSubject(), newSubject()]
  const own = await record(3, one)
  await record(120, other)
  assert.deepEqual(hashes(await get(`?subject=${one.toUpperCase()}`)), own)
  const first = await get(`?subject=${one}&limit=2`)
  assert.deepEqual(hashes(await get(`?subject=${one}&limit=2&after=${first.next}`)), own.slice(2))
  assert.deepEqual(await get(`?subject=${newSubject()}`), { registrations: [], next: null })
})

test("says all that was found, and null for what is not known", async () => {
  const subject = newSubject()
  const url = "https://x.example/"
  const claim: Claim = { action: "REGISTER", subject, rootHash: "ab".repeat(32), urls: [url] }
  const good: Entry = {
    key: newHash().toString("hex"),
    txHash: "cd".repeat(32),
    slot: 7,
    claim,
    verdict: { status: "valid", reasons: [], url, document: offChain(subject, "Good") },
  }
  const away: Entry = { key: "message-1", claim: {}, verdict: { status: "unreachable", reasons: ["away"] } }
  await store.record(good)
  await store.record(away, 60_000)
  const { registrations } = await get()
  const [{ checkedAt, nextAttemptAt, ...last } = {}, { checkedAt: _, ...first } = {}] = registrations
  assert.deepEqual(first, {
    txHash: good.txHash,
    slot: 7,
    subject,
    name: "Good",
    action: "REGISTER",
    rootHash: claim.rootHash,
    url,
    status: "valid",
    reasons: [],
    attempts: 1,
    nextAttemptAt: null,
  })
  assert.deepEqual(last, {
    ...Object.fromEntries(["txHash", "slot", "subject", "name", "action", "rootHash", "url"].map((key) => [key, null])),
    status: "unreachable",
    reasons: ["away"],
    attempts: 1,
  })
  assert.ok(Date.parse(`${nextAttemptAt}`) > Date.parse(`${checkedAt}`))
})

test("what cannot be asked for is 400, all named at once", async () => {
  for (const query of ["limit=0", "limit=501", "limit=x", "limit=1e2", "limit=", "after=-1", "after=x", "subject=../x"])
    assert.equal((await fetch(`${http.url}/registrations?${query}`)).status, 400, query)
  const all = await fetch(`${http.url}/registrations?limit=0&after=x&subject=x`)
  assert.match(await all.text(), /limit.*after.*subject/)
})

test("metrics, and what is not there", async () => {
  metrics.lag.set({ partition: 0 }, 7)
  metrics.registrations.inc({ status: "valid" })
  const text = await (await fetch(`${http.url}/metrics`)).text()
  assert.match(text, /kafka_consumer_lag\{partition="0"\} 7/)
  assert.match(text, /registrations_total\{status="valid"\} 1/)
  assert.equal((await fetch(`${http.url}/constructor`)).status, 404)
})

test("nothing can be changed through it", async () => {
  const [hash] = await record(1)
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    for (const path of ["/registrations", "/live", "/health", "/metrics"]) {
      const response = await fetch(http.url + path, { method })
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"], `${method} ${path}`)
    }
  assert.deepEqual(hashes(await get()), [hash])
})
