// Both HTTP interfaces over the store on a real Postgres.
import assert from "node:assert/strict"
import { connect } from "node:net"
import { after, before, beforeEach, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { Store } from "../../src/store.ts"
import { type Api, startApi } from "../api.ts"
import { put } from "../http.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"

let postgres: Postgres
let store: Store
let api: Api

before(async () => {
  postgres = await startPostgres()
  store = new Store(postgres.config, () => {})
  await store.prepare(new AbortController().signal)
  api = await startApi(store)
})
after(async () => {
  await api?.stop()
  await store?.close()
  await postgres?.stop()
})
beforeEach(async () => {
  await withClient(postgres.config, (client) => client.query("TRUNCATE dapps"))
  api.logged.length = 0
})

const text = async (path: string) => await (await fetch(api.url + path)).text()
const json = async (path: string) => JSON.parse(await text(path))

test("a document is created, replaced, read back and taken away", async () => {
  const address = `${api.writeUrl}/dapps/one`
  const first = await put(address, { name: "One", url: "https://one.example", tags: ["a"] })
  assert.equal(first.status, 201)
  assert.equal((await put(address, { name: "Two" })).status, 200)
  const read = await fetch(`${api.url}/dapps/one?x=1`)
  assert.equal(read.status, 200)
  assert.deepEqual(await read.json(), { name: "Two" })
  assert.equal((await fetch(address, { method: "DELETE" })).status, 204)
  assert.equal((await fetch(address, { method: "DELETE" })).status, 404)
  assert.equal((await fetch(`${api.url}/dapps/one`)).status, 404)
})

test("the public port changes nothing, whatever the method, and says what it takes", async () => {
  await put(`${api.writeUrl}/dapps/kept`, { name: "Kept" })
  for (const method of ["PUT", "POST", "PATCH", "DELETE", "MKCOL", "PROPPATCH", "PURGE", "LINK"])
    for (const path of ["/dapps/kept", "/dapps/new", "/dapps", "/dapps/", "/", "/health", "/nothing", "//dapps/kept"]) {
      const headers = { "x-http-method-override": "PUT", "content-type": "application/json" }
      const response = await fetch(api.url + path, { method, headers, body: JSON.stringify({ name: "Changed" }) })
      assert.equal(response.status, 405, `${method} ${path}`)
      assert.equal(response.headers.get("allow"), "GET, HEAD, OPTIONS")
      assert.match(await response.text(), /use GET, HEAD, OPTIONS; .* port of its own/)
    }
  const overridden = await fetch(`${api.url}/dapps/kept?_method=DELETE`, {
    headers: { "x-http-method-override": "DELETE" },
  })
  assert.equal(overridden.status, 200)
  const options = await fetch(`${api.url}/dapps/kept`, { method: "OPTIONS" })
  assert.deepEqual([options.status, options.headers.get("allow")], [204, "GET, HEAD, OPTIONS"])
  assert.equal(options.headers.get("access-control-allow-origin"), null)
  const { rows } = await withClient(postgres.config, (client) => client.query("SELECT id, document FROM dapps"))
  assert.deepEqual(rows, [{ id: "kept", document: { name: "Kept" } }])
})

test("the port that writes does nothing else", async () => {
  await put(`${api.writeUrl}/dapps/x`, { name: "X" })
  for (const method of ["GET", "HEAD", "OPTIONS", "POST", "PATCH"]) {
    const response = await fetch(`${api.writeUrl}/dapps/x`, { method })
    assert.equal(response.status, 405, method)
    assert.equal(response.headers.get("allow"), "PUT, DELETE")
  }
  for (const path of ["/", "/dapps", "/health", "/metrics"])
    assert.equal((await fetch(api.writeUrl + path)).status, 404, path)
})

test("the list goes through all documents in pages, and says where the next one begins", async () => {
  for (const id of ["b", "c", "a"]) await put(`${api.writeUrl}/dapps/${id}`, { name: id.toUpperCase() })
  const [a, b, c] = ["a", "b", "c"].map((id) => ({ id, document: { name: id.toUpperCase() } }))
  assert.deepEqual(await json("/dapps?limit=2"), { dapps: [a, b], next: "b" })
  assert.deepEqual(await json("/dapps?limit=2&after=b"), { dapps: [c], next: null })
  assert.deepEqual(await json("/dapps?limit=3"), { dapps: [a, b, c], next: null })
  assert.deepEqual(await json("/dapps?after=c"), { dapps: [], next: null })
  assert.deepEqual(await json("/dapps"), { dapps: [a, b, c], next: null })
})

test("an empty store is an empty page", async () => {
  assert.deepEqual(await json("/dapps"), { dapps: [], next: null })
})

test("a page ends before it is too large, and no document is lost by that", async () => {
  const large = { name: "Large", text: "x".repeat(60 * 1024) }
  const ids = Array.from({ length: 150 }, (_, number) => `large-${1000 + number}`)
  await Promise.all(ids.map((id) => put(`${api.writeUrl}/dapps/${id}`, large)))
  const seen: string[] = []
  for (let next = ""; seen.length < ids.length; ) {
    const page = await text(`/dapps?limit=500&after=${next}`)
    assert.ok(page.length < 5 * 1024 * 1024, `${page.length} bytes`)
    const { dapps, next: further } = JSON.parse(page)
    seen.push(...dapps.map(({ id }: { id: string }) => id))
    next = further ?? ""
    if (!next) break
  }
  assert.deepEqual(seen, ids)
})

test("the list's bad limits and ids are 400, all named at once", async () => {
  for (const limit of ["0", "501", "-1", "1.5", "x", "", "0x10", "1e2"])
    assert.equal((await fetch(`${api.url}/dapps?limit=${limit}`)).status, 400, limit)
  assert.match((await json("/dapps?limit=0&after=UPPER")).error, /limit.*after/)
  assert.equal((await fetch(`${api.url}/dapps?limit=500`)).status, 200)
})

test("what is not there is 404", async () => {
  assert.equal((await fetch(`${api.url}/dapps/none`)).status, 404)
  const nothing = await fetch(`${api.url}/nothing`)
  assert.equal(nothing.status, 404)
  assert.match(await nothing.text(), /nothing here; \/ says what/)
})

test("bad ids and documents are 400 and say why", async () => {
  const cases: [string, unknown, RegExp][] = [
    ["Upper", { name: "x" }, /id/],
    ["a%2Fb", { name: "x" }, /id/],
    ["x", "{", /not JSON/],
    ["x", [], /object/],
    ["x", {}, /name/],
    ["x", { name: "x", url: "javascript:alert(1)" }, /url/],
    ["x", { url: "nowhere" }, /name.*url/],
    ["x", { name: "\u0000" }, /Unicode/i],
  ]
  for (const [id, body, why] of cases) {
    const response = await put(`${api.writeUrl}/dapps/${id}`, body)
    assert.equal(response.status, 400, JSON.stringify(body))
    assert.match(((await response.json()) as { error: string }).error, why)
  }
})

test("a body above the limit is 413, announced or not", async () => {
  const large = JSON.stringify({ name: "x", text: "y".repeat(70_000) })
  assert.equal((await put(`${api.writeUrl}/dapps/x`, large)).status, 413)
  const chunked = await fetch(`${api.writeUrl}/dapps/x`, {
    method: "PUT",
    body: new Blob([large]).stream(),
    duplex: "half",
  } as RequestInit)
  assert.equal(chunked.status, 413)
  assert.equal((await fetch(`${api.url}/dapps/x`)).status, 404)
})

test("a request that is cut off is no fault of the database", async () => {
  const { port } = new URL(api.writeUrl)
  const socket = connect(Number(port), "127.0.0.1")
  socket.write("PUT /dapps/x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
  await sleep(50)
  socket.destroy()
  while (!api.logged.some((line) => line.includes('"status":400'))) await sleep(10)
  assert.doesNotMatch(api.logged.join("\n"), /request failed/)
})

test("metrics count by route, not by id, for both ports", async () => {
  await put(`${api.writeUrl}/dapps/one`, { name: "One" })
  await fetch(`${api.url}/dapps/one`, { method: "DELETE" })
  const metrics = await text("/metrics")
  assert.match(metrics, /http_requests_total\{method="PUT",route="\/dapps\/:id",status="201"\} \d/)
  assert.match(metrics, /http_requests_total\{method="DELETE",route="refused",status="405"\} \d/)
  assert.match(metrics, /process_cpu_seconds_total/)
  assert.doesNotMatch(metrics, /dapps\/one/)
})
