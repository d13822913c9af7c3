// The verdict on a registration, with documents on a real server.
import assert from "node:assert/strict"
import { createServer } from "node:http"
import { after, before, test } from "node:test"
import { blake2b256, rootHash } from "../../src/canonical.ts"
import { check } from "../../src/check.ts"
import type { Claim } from "../../src/cip72.ts"
import { Downloader } from "../../src/download.ts"
import { listen, type Running } from "../http.ts"
import { newSubject, offChain } from "../oura.ts"

const documents = new Map<string, string | Uint8Array>()
const downloader = new Downloader({ maxBytes: 100_000, timeoutMs: 500, maxRedirects: 0, allowPrivate: true })
let server: Running

before(async () => {
  server = await listen(
    createServer((request, response) => {
      if (request.url === "/silent") return
      const document = documents.get(request.url ?? "")
      response.writeHead(document === undefined ? 503 : 200).end(document)
    }),
  )
})
after(() => server.stop())

const subject = newSubject()
const document = offChain(subject)
const judge = async (path: string, text: string | Uint8Array | undefined, changes: Partial<Claim> = {}) => {
  if (text !== undefined) documents.set(path, text)
  const urls = [server.url + path]
  return await check({ action: "REGISTER", subject, rootHash: rootHash(document), urls, ...changes }, downloader)
}

test("valid is what has the root hash, whatever its white space and order", async () => {
  const text = JSON.stringify(Object.fromEntries(Object.entries(document).reverse()), null, 4)
  assert.deepEqual(await judge("/valid", text), { status: "valid", reasons: [], url: `${server.url}/valid`, document })
})

test("invalid is what could be read and is wrong", async () => {
  const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`
  const other = offChain(newSubject())
  const cases: [string | Uint8Array, Partial<Claim>, RegExp][] = [
    [JSON.stringify({ ...document, link: "https://evil.example" }), {}, /hash is [0-9a-f]{64}, not the rootHash/],
    [JSON.stringify(other), { rootHash: rootHash(other) }, /subject is not the registration's/],
    ["<html>", {}, /not JSON/],
    [Uint8Array.of(0x22, 0xff, 0x22), {}, /not JSON/],
    [String.raw`{"a":"\ud800"}`, {}, /no canonical|surrogate/],
    ["[1e400]", {}, /Infinity/],
    [deep, { rootHash: blake2b256(Buffer.from(deep)) }, /more than 100 levels/],
    [" ".repeat(100_001), {}, /more than 100000 bytes/],
  ]
  for (const [text, changes, why] of cases) {
    const verdict = await judge("/wrong", text, changes)
    assert.equal(verdict.status, "invalid", String(why))
    assert.match(verdict.reasons.join(), why)
    assert.equal(verdict.document, undefined)
  }
})

test("unreachable is what could not be read", async () => {
  assert.equal((await judge("/absent", undefined)).status, "unreachable")
  const silent = await judge("/silent", undefined)
  assert.deepEqual([silent.status, silent.reasons], ["unreachable", [`${server.url}/silent: not there within 500 ms`]])
  const refused = await judge("/x", undefined, { urls: ["http://127.0.0.1:1/"] })
  assert.match(refused.reasons.join(), /ECONNREFUSED/)
})

test("what is never going to be permitted is invalid", async () => {
  const strict = new Downloader({ ...downloader.limits, allowPrivate: false })
  const claim: Claim = { action: "REGISTER", subject, rootHash: rootHash(document), urls: ["http://x.example/"] }
  assert.equal((await check(claim, strict)).status, "invalid")
  assert.equal((await check({ ...claim, urls: ["https://10.0.0.1/"] }, strict)).status, "invalid")
})

test("of several addresses, the first with the right document counts", async () => {
  documents.set("/good", JSON.stringify(document))
  documents.set("/bad", "{}")
  const at = (...paths: string[]) => judge("/bad", undefined, { urls: paths.map((path) => server.url + path) })
  const verdict = await at("/absent", "/bad", "/good")
  assert.deepEqual([verdict.status, verdict.url], ["valid", `${server.url}/good`])
  assert.equal((await at("/bad", "/absent")).status, "unreachable")
  assert.equal((await at("/bad", "/bad")).reasons.length, 2)
})

test("a de-registration is valid without its document", async () => {
  assert.deepEqual(await judge("/absent", undefined, { action: "DE_REGISTER" }), { status: "valid", reasons: [] })
})
