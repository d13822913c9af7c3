// The HTTP interface over registrations in memory.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { createMetrics } from "../../src/metrics.ts"
import { createHttp } from "../../src/server.ts"
import { listen, type Running } from "../http.ts"

const metrics = createMetrics()
const logged: string[] = []
const consumer = { joined: true }
let failure: Error | undefined
const store = {
  async check() {
    if (failure) throw failure
  },
  async list(limit: number) {
    if (failure) throw failure
    return Array.from({ length: Math.min(limit, 200) }, (_, index) => ({ index }))
  },
}

let http: Running
before(async () => {
  http = await listen(
    createHttp(store, consumer, metrics, (_, message, fields) => logged.push(JSON.stringify({ message, ...fields }))),
  )
})
after(() => http.stop())
beforeEach(() => {
  failure = undefined
  consumer.joined = true
})

const list = async (query: string) => (await (await fetch(`${http.url}/registrations${query}`)).json()) as unknown[]

test("lists as many registrations as asked for", async () => {
  assert.equal((await list("")).length, 100)
  assert.equal((await list("?limit=2")).length, 2)
  for (const limit of ["0", "501", "x", "1e2", ""])
    assert.equal((await fetch(`${http.url}/registrations?limit=${limit}`)).status, 400)
})

test("is healthy with both database and broker", async () => {
  const health = () => fetch(`${http.url}/health`)
  assert.equal((await health()).status, 200)
  consumer.joined = false
  failure = new Error("connect ECONNREFUSED")
  const response = await health()
  assert.equal(response.status, 503)
  assert.match(await response.text(), /database: connect ECONNREFUSED; kafka: .*not joined/)
  assert.equal((await fetch(`${http.url}/live`)).status, 200)
  assert.equal((await fetch(`${http.url}/registrations`)).status, 503)
  assert.match(logged.join(), /ECONNREFUSED/)
})

test("metrics, and what is not there or not permitted", async () => {
  metrics.lag.set({ partition: 0 }, 7)
  metrics.registrations.inc({ status: "valid" })
  const text = await (await fetch(`${http.url}/metrics`)).text()
  assert.match(text, /kafka_consumer_lag\{partition="0"\} 7/)
  assert.match(text, /registrations_total\{status="valid"\} 1/)
  assert.equal((await fetch(`${http.url}/constructor`)).status, 404)
  assert.equal((await fetch(`${http.url}/registrations`, { method: "POST" })).status, 405)
})
