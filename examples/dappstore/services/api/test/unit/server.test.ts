// The HTTP interface over a store in memory.
import assert from "node:assert/strict"
import { connect } from "node:net"
import { after, before, beforeEach, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import type { Dapp } from "../../src/dapp.ts"
import { createApi, type Documents } from "../../src/server.ts"
import { UnstorableError } from "../../src/store.ts"
import { listen, put, type Running } from "../http.ts"

const documents = new Map<string, Dapp>()
let failure: Error | undefined
const logged: string[] = []

const store: Documents = {
  async check() {
    if (failure) throw failure
  },
  async get(id) {
    if (failure) throw failure
    return documents.get(id)
  },
  async list(limit, after) {
    if (failure) throw failure
    const ids = [...documents.keys()].sort().filter((id) => id > after)
    return ids.slice(0, limit).map((id) => ({ id, document: documents.get(id) as Dapp }))
  },
  async put(id, document) {
    if (failure) throw failure
    const created = !documents.has(id)
    documents.set(id, document)
    return created
  },
}

let api: Running
before(async () => {
  api = await listen(createApi(store, (_, message, fields) => logged.push(JSON.stringify({ message, ...fields }))))
})
after(() => api.stop())
beforeEach(() => {
  failure = undefined
  documents.clear()
  logged.length = 0
})

test("a document is created, replaced and read back", async () => {
  const first = await put(`${api.url}/dapps/one`, { name: "One", url: "https://one.example", tags: ["a"] })
  assert.equal(first.status, 201)
  const second = await put(`${api.url}/dapps/one`, { name: "Two" })
  assert.equal(second.status, 200)
  const read = await fetch(`${api.url}/dapps/one?x=1`)
  assert.equal(read.status, 200)
  assert.deepEqual(await read.json(), { name: "Two" })
})

test("the list goes through all documents in pages", async () => {
  for (const id of ["b", "c", "a"]) documents.set(id, { name: id.toUpperCase() })
  const list = async (query: string) => (await fetch(`${api.url}/dapps${query}`)).json()
  assert.deepEqual(await list("?limit=2"), [
    { id: "a", document: { name: "A" } },
    { id: "b", document: { name: "B" } },
  ])
  assert.deepEqual(await list("?limit=2&after=b"), [{ id: "c", document: { name: "C" } }])
  assert.deepEqual(await list("?after=c"), [])
  assert.equal(((await list("")) as unknown[]).length, 3)
})

test("the list's bad limits and ids are 400, all named at once", async () => {
  for (const limit of ["0", "501", "-1", "1.5", "x", "", "0x10", "1e2"])
    assert.equal((await fetch(`${api.url}/dapps?limit=${limit}`)).status, 400, limit)
  const both = await fetch(`${api.url}/dapps?limit=0&after=UPPER`)
  assert.match(((await both.json()) as { error: string }).error, /limit.*after/)
  assert.equal((await fetch(`${api.url}/dapps?limit=500`)).status, 200)
  assert.equal((await fetch(`${api.url}/dapps`, { method: "POST" })).status, 405)
})

test("what is not there is 404", async () => {
  assert.equal((await fetch(`${api.url}/dapps/none`)).status, 404)
  assert.equal((await fetch(`${api.url}/`)).status, 404)
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
  ]
  for (const [id, body, why] of cases) {
    const response = await put(`${api.url}/dapps/${id}`, body)
    assert.equal(response.status, 400, JSON.stringify(body))
    assert.match(((await response.json()) as { error: string }).error, why)
  }
})

test("a body above the limit is 413, announced or not", async () => {
  const large = JSON.stringify({ name: "x", text: "y".repeat(70_000) })
  assert.equal((await put(`${api.url}/dapps/x`, large)).status, 413)
  const chunked = await fetch(`${api.url}/dapps/x`, {
    method: "PUT",
    body: new Blob([large]).stream(),
    duplex: "half",
  } as RequestInit)
  assert.equal(chunked.status, 413)
  assert.equal(documents.size, 0)
})

test("a request that is cut off is no fault of the database", async () => {
  const { port } = new URL(api.url)
  const socket = connect(Number(port), "127.0.0.1")
  socket.write("PUT /dapps/x HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
  await sleep(50)
  socket.destroy()
  while (!logged.some((line) => line.includes('"status":400'))) await sleep(10)
  assert.doesNotMatch(logged.join("\n"), /request failed/)
})

test("other methods are 405 and name the right ones", async () => {
  const response = await fetch(`${api.url}/dapps/x`, { method: "DELETE" })
  assert.equal(response.status, 405)
  assert.equal(response.headers.get("allow"), "GET, HEAD, PUT")
  assert.equal((await fetch(`${api.url}/health`, { method: "POST" })).status, 405)
})

test("without its database it lives, is not healthy, and answers 503", async () => {
  failure = new Error("connect ECONNREFUSED")
  assert.equal((await fetch(`${api.url}/live`)).status, 200)
  const health = await fetch(`${api.url}/health`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /ECONNREFUSED/)
  const read = await fetch(`${api.url}/dapps/x`)
  assert.equal(read.status, 503)
  assert.doesNotMatch(await read.text(), /ECONNREFUSED/)
  assert.match(logged.join("\n"), /ECONNREFUSED/)
})

test("what the database cannot hold is the caller's mistake", async () => {
  failure = new UnstorableError("unsupported Unicode escape sequence")
  assert.equal((await put(`${api.url}/dapps/x`, { name: "x" })).status, 400)
})

test("metrics count by route, not by id", async () => {
  await put(`${api.url}/dapps/one`, { name: "One" })
  const text = await (await fetch(`${api.url}/metrics`)).text()
  assert.match(text, /http_requests_total\{method="PUT",route="\/dapps\/:id",status="201"\} \d/)
  assert.match(text, /process_cpu_seconds_total/)
  assert.doesNotMatch(text, /dapps\/one/)
})
