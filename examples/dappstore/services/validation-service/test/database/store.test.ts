// The store on a real Postgres.
import assert from "node:assert/strict"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import type { Verdict } from "../../src/check.ts"
import type { Claim } from "../../src/cip72.ts"
import { Downloader } from "../../src/download.ts"
import { createMetrics } from "../../src/metrics.ts"
import { delayAfter, retry } from "../../src/retry.ts"
import { type Entry, Store, UnstorableError } from "../../src/store.ts"
import { listen } from "../http.ts"
import { newHash, newSubject, offChain, register } from "../oura.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"

const quiet = () => {}
const never = new AbortController().signal
let postgres: Postgres
let store: Store

before(async () => {
  postgres = await startPostgres()
  store = new Store(postgres.config, quiet)
  await store.prepare(never)
})
after(async () => {
  await store?.close()
  await postgres?.stop()
})

const query = (text: string, ...values: unknown[]) =>
  withClient(postgres.config, async (client) => (await client.query(text, values)).rows)
const dapp = async (subject: string) => (await query("SELECT * FROM dapps WHERE id = $1", subject))[0]
const row = async (key: string) => (await query("SELECT * FROM registrations WHERE key = $1", key))[0]

function entry(
  subject: string,
  name: string,
  changes: Partial<Entry> = {},
  action: Claim["action"] = "REGISTER",
): Entry {
  const document = offChain(subject, name)
  const url = "https://x.example/"
  const { rootHash } = register(subject, document, url)
  const key = newHash().toString("hex")
  const verdict: Verdict =
    action === "REGISTER" ? { status: "valid", reasons: [], url, document } : { status: "valid", reasons: [] }
  return { key, txHash: key, claim: { action, subject, rootHash, urls: [url] }, verdict, ...changes }
}

test("several pods may create the tables at once, and again", async () => {
  const stores = Array.from({ length: 4 }, () => new Store(postgres.config, quiet))
  await Promise.all(stores.map((store) => store.prepare(never)))
  await Promise.all(stores.map((store) => store.check()))
  await Promise.all(stores.map((store) => store.close()))
})

test("a valid registration is recorded, and is the API's document", async () => {
  const subject = newSubject()
  const one = entry(subject, "One", { slot: 5 })
  assert.equal(await store.record(one), true)
  assert.deepEqual((await dapp(subject)).document, {
    ...one.verdict.document,
    name: "One",
    url: "https://www.exampledapp.com",
  })
  const { tx_hash, slot, action, status, document, next_attempt_at } = await row(one.key)
  assert.deepEqual([tx_hash, slot, action, status, next_attempt_at], [one.key, "5", "REGISTER", "valid", null])
  assert.deepEqual(document, one.verdict.document)
  const { registrations } = await store.list({ limit: 1 })
  assert.deepEqual(
    registrations.map(({ txHash, slot, name }) => [txHash, slot, name]),
    [[one.key, 5, "One"]],
  )
})

test("the same registration twice changes nothing", async () => {
  const subject = newSubject()
  const one = entry(subject, "One")
  await store.record(one)
  const before = [await row(one.key), await dapp(subject)]
  assert.equal(await store.has(one.key), true)
  assert.equal(await store.record({ ...one, verdict: { status: "invalid", reasons: ["other"] } }), false)
  assert.equal(await store.record(one), false)
  assert.deepEqual([await row(one.key), await dapp(subject)], before)
})

test("the last valid one decides; what is invalid or unreachable does not", async () => {
  const subject = newSubject()
  await store.record(entry(subject, "One"))
  await store.record(entry(subject, "Two"))
  await store.record(entry(subject, "Bad", { verdict: { status: "invalid", reasons: ["x"] } }))
  await store.record(entry(subject, "Away", { verdict: { status: "unreachable", reasons: ["x"] } }))
  assert.equal((await dapp(subject)).document.name, "Two")
  await store.record(entry(subject, "", {}, "DE_REGISTER"))
  assert.equal(await dapp(subject), undefined)
  await store.record(entry(subject, "Three"))
  assert.equal((await dapp(subject)).document.name, "Three")
})

test("with slots, an older registration that comes late does not win", async () => {
  const subject = newSubject()
  await store.record(entry(subject, "New", { slot: 20 }))
  await store.record(entry(subject, "Old", { slot: 10 }))
  assert.equal((await dapp(subject)).document.name, "New")
  await store.record(entry(subject, "", { slot: 15 }, "DE_REGISTER"))
  assert.equal((await dapp(subject)).document.name, "New")
  await store.record(entry(subject, "", { slot: 25 }, "DE_REGISTER"))
  assert.equal(await dapp(subject), undefined)
})

test("after a roll-back, the registration before counts again", async () => {
  const subject = newSubject()
  const [one, two, gone] = [entry(subject, "One"), entry(subject, "Two"), entry(subject, "", {}, "DE_REGISTER")]
  for (const each of [one, two, gone]) await store.record(each)
  await store.undo(gone.key)
  assert.equal((await dapp(subject)).document.name, "Two")
  await store.undo(two.key)
  assert.equal((await dapp(subject)).document.name, "One")
  await store.undo(one.key)
  assert.equal(await dapp(subject), undefined)
  await store.undo("never seen")
})

test("pods that register a subject at once agree on the last one", async () => {
  const other = new Store(postgres.config, quiet)
  for (let round = 0; round < 5; round++) {
    const subject = newSubject()
    await Promise.all([
      store.record(entry(subject, "A")),
      other.record(entry(subject, "B")),
      store.record(entry(subject, "C")),
    ])
    const [last] = await query(
      "SELECT document FROM registrations WHERE subject = $1 ORDER BY id DESC LIMIT 1",
      subject,
    )
    assert.equal((await dapp(subject)).document.name, last.document.projectName)
  }
  await other.close()
})

test("what jsonb cannot hold is refused as such, and text is made storable", async () => {
  const subject = newSubject()
  const bad = entry(subject, "x\u0000")
  await assert.rejects(store.record(bad), UnstorableError)
  assert.equal(await store.has(bad.key), false)
  const texts = { status: "invalid" as const, reasons: ["a\u0000b\ud800"], url: "\u0000" }
  await store.record({ ...bad, verdict: texts })
  assert.deepEqual((await row(bad.key)).reasons, ["a\ufffdb\ufffd"])
})

const limits = { maxBytes: 10_000, timeoutMs: 1000, maxRedirects: 0, allowPrivate: true }

/** A registration whose document is at a server that fails so many times. */
async function unreachable(failures: number) {
  const subject = newSubject()
  const document = offChain(subject, "Late")
  let requests = 0
  const server = await listen(
    createServer((_, response) => {
      requests++
      response.writeHead(requests > failures ? 200 : 503).end(JSON.stringify(document))
    }),
  )
  const { claim } = entry(subject, "Late")
  const verdict: Verdict = { status: "unreachable", reasons: ["status 503"] }
  const late = entry(subject, "Late", { claim: { ...claim, urls: [server.url] }, verdict })
  return { subject, late, server, requests: () => requests }
}

/** Runs the further attempts until there is none left to wait for. */
async function retries(key: string, delays: number[]) {
  const stop = new AbortController()
  const running = retry(store, new Downloader(limits), createMetrics(), quiet, stop.signal, { delays, pollMs: 20 })
  while ((await row(key)).next_attempt_at !== null) await sleep(20)
  await sleep(100)
  stop.abort()
  await running
}

test("what was unreachable is tried again until it is there", { timeout: 30_000 }, async () => {
  const { subject, late, server, requests } = await unreachable(2)
  await store.record(late, 1)
  assert.equal(await dapp(subject), undefined)
  await retries(late.key, [1, 1, 1, 1])
  const { status, attempts, reasons } = await row(late.key)
  assert.deepEqual([status, attempts, reasons, requests()], ["valid", 4, [], 3])
  assert.equal((await dapp(subject)).document.name, "Late")
  await server.stop()
})

test("it is tried a bounded number of times", { timeout: 30_000 }, async () => {
  const { subject, late, server, requests } = await unreachable(100)
  await store.record(late, 1)
  await retries(late.key, [1, 1, 1])
  const { status, attempts } = await row(late.key)
  assert.deepEqual([status, attempts, requests()], ["unreachable", 4, 3])
  assert.equal(await dapp(subject), undefined)
  await server.stop()
})

test("what comes late does not replace what was registered meanwhile", { timeout: 30_000 }, async () => {
  const { subject, late, server } = await unreachable(0)
  await store.record(late, 1)
  await store.record(entry(subject, "Newer"))
  await retries(late.key, [1])
  assert.equal((await row(late.key)).status, "valid")
  assert.equal((await dapp(subject)).document.name, "Newer")
  await server.stop()
})

test("an attempt that is due is made by one pod only", { timeout: 10_000 }, async () => {
  const { late, server } = await unreachable(0)
  await store.record(late, 0)
  await withClient(postgres.config, async (client) => {
    await client.query("BEGIN")
    await client.query("SELECT 1 FROM registrations WHERE key = $1 FOR UPDATE", [late.key])
    // Another pod is about to take it: this one does not wait for it.
    assert.equal(await store.due(), undefined)
    await client.query("ROLLBACK")
  })
  const due = await store.due()
  assert.deepEqual(due, { key: late.key, attempts: 1, claim: late.claim })
  assert.equal(await store.due(), undefined)
  // Should two make it nevertheless, the second result changes nothing.
  const url = "https://x.example/"
  await store.retried(due, { status: "valid", reasons: [], url, document: offChain(`${late.claim.subject}`) })
  await store.retried(due, { status: "invalid", reasons: ["x"] })
  assert.equal((await row(late.key)).status, "valid")
  await server.stop()
})

test("the delays between attempts grow, and end", () => {
  const away: Verdict = { status: "unreachable", reasons: [] }
  const delays = Array.from({ length: 6 }, (_, index) => delayAfter(index + 1, away) ?? 0)
  assert.ok(delays.slice(0, 5).every((delay, index) => delay > (delays[index - 1] ?? 0)))
  assert.equal(delays[5], 0)
  assert.equal(delayAfter(1, { status: "invalid", reasons: [] }), undefined)
})
