// The pages over upstreams that answer.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import type { Running } from "../http.ts"
import { registration, startFrontend, startUpstreams, type Upstreams } from "../upstream.ts"

let upstreams: Upstreams
let frontend: Running
let alone: Running
before(async () => {
  upstreams = await startUpstreams()
  frontend = await startFrontend(upstreams.url, upstreams.url)
  alone = await startFrontend(upstreams.url)
})
after(() => Promise.all([upstreams, frontend, alone].map(({ stop }) => stop())))
beforeEach(() => upstreams.reset())

const get = async (path: string, { url } = frontend) => {
  const response = await fetch(url + path)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test("the list links every dApp, and every page the next", async () => {
  for (let number = 0; number < 120; number++)
    upstreams.documents.set(`d-${1000 + number}`, { name: `dApp ${number}`, url: `https://${number}.example` })
  const seen: string[] = []
  let path: string | undefined = "/"
  for (let pages = 0; path; pages++) {
    assert.ok(pages < 5)
    const { status, text } = await get(path)
    assert.equal(status, 200)
    seen.push(...[...text.matchAll(/<a href="\/dapps\/([^"]+)">/g)].map(([, id]) => id ?? ""))
    assert.equal(text.includes(">First page<"), pages > 0)
    path = /<a href="([^"]+)" rel="next">/.exec(text)?.[1]
  }
  assert.deepEqual(seen, [...upstreams.documents.keys()])
})

test("an empty store says so", async () => {
  assert.match((await get("/")).text, /no dApps yet/)
})

test("what a dApp says stays text, and its address a link only if it is one", async () => {
  upstreams.documents.set("bad", {
    name: "<script>alert(1)</script>",
    url: "javascript:alert(2)",
    '"><img src=x>': { "<b>": "</pre><script>" },
    site: "https://site.example/?a=1&b=2",
    more: "javascript:alert(3)",
    count: 0,
    nothing: null,
  })
  for (const path of ["/", "/dapps/bad"]) {
    const { text } = await get(path)
    assert.match(text, /&lt;script&gt;alert\(1\)/)
    assert.doesNotMatch(text, /<script|<img|<b>|href="javascript/)
  }
  const { text } = await get("/dapps/bad")
  assert.match(text, /<a href="https:\/\/site.example\/\?a=1&amp;b=2" rel="nofollow ugc noreferrer">/)
  assert.match(text, /<dd>0<\/dd>/)
  assert.match(text, /<dd>null<\/dd>/)
})

test("a dApp is shown with its own registrations, by its id or its document's subject", async () => {
  upstreams.documents.set("abc1", { name: "One" })
  upstreams.documents.set("two", { name: "Two", subject: "ABC2" })
  const [one, two] = ["11".repeat(32), "22".repeat(32)]
  upstreams.registrations.push(
    registration({ subject: "ABC1", txHash: one }),
    registration({ subject: "abc2", txHash: two }),
    registration({ subject: null }),
  )
  const hashes = (text: string) => [...text.matchAll(/<th scope="row"><code>(\w+)</g)].map(([, hash]) => hash)
  assert.deepEqual(hashes((await get("/dapps/abc1")).text), [one])
  assert.deepEqual(hashes((await get("/dapps/two")).text), [two])
  upstreams.registrations.length = 0
  assert.match((await get("/dapps/two")).text, /no registration of this dApp/)
})

test("registrations are shown as they were found", async () => {
  upstreams.registrations.push(
    registration(),
    registration({
      status: "invalid",
      url: "javascript:alert(1)",
      subject: "<not an id>",
      reasons: ["<script>", "root hash differs"],
      action: null,
      rootHash: null,
    }),
  )
  const { status, text } = await get("/registrations")
  assert.equal(status, 200)
  assert.match(text, /<strong data-status="valid">valid<\/strong>/)
  assert.match(text, /<li>&lt;script&gt;<\/li>\s*<li>root hash differs<\/li>/)
  assert.match(text, /<a href="\/dapps\/d684512ccb313191">/)
  assert.match(text, /<time datetime="2026-01-02T03:04:05.678Z">2026-01-02 03:04 UTC<\/time>/)
  assert.match(text, /<code>&lt;not an id&gt;<\/code>/)
  assert.doesNotMatch(text, /href="javascript|<script/)
})

test("without a validation service the pages say so", async () => {
  upstreams.documents.set("x", { name: "X" })
  for (const path of ["/registrations", "/dapps/x"]) {
    const { status, text } = await get(path, alone)
    assert.equal(status, 200)
    assert.match(text, /without a validation service/)
  }
})

test("what is not there is 404, and bad ids are not asked for", async () => {
  for (const path of [
    "/nothing",
    "/dapps",
    "/dapps/none",
    "/dapps/",
    "/dapps/..%2Fhealth",
    "/dapps/UPPER",
    "//",
    "/%",
  ]) {
    const { status, text } = await get(path)
    assert.equal(status, 404, path)
    assert.match(text, /<h1>There is no/)
  }
  assert.deepEqual(upstreams.asked, ["/dapps/none"])
})

test("pages can only be read", async () => {
  const response = await fetch(`${frontend.url}/`, { method: "POST", body: "x" })
  assert.equal(response.status, 405)
  assert.equal(response.headers.get("allow"), "GET, HEAD")
  const head = await fetch(`${frontend.url}/`, { method: "HEAD" })
  assert.equal(head.status, 200)
  assert.equal(await head.text(), "")
})

test("the policy lets nothing run, and the pages need nothing that it forbids", async () => {
  upstreams.documents.set("x", { name: "X", url: "https://x.example" })
  for (const path of ["/", "/dapps/x", "/registrations", "/nothing"]) {
    const { headers, text } = await get(path)
    const policy = headers.get("content-security-policy") ?? ""
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|script-src/)
    assert.equal(headers.get("x-content-type-options"), "nosniff")
    assert.doesNotMatch(text, /<script|<style| style="| on[a-z]+="|<img|<iframe/)
  }
})

test("the style sheet is kept for ever under its own name, and served uncached under another version's", async () => {
  const [, path = ""] = /<link rel="stylesheet" href="([^"]+)">/.exec((await get("/")).text) ?? []
  const style = await get(path)
  assert.equal(style.status, 200)
  assert.match(style.headers.get("content-type") ?? "", /text\/css/)
  assert.match(style.headers.get("cache-control") ?? "", /max-age=31536000, immutable/)
  const other = await get("/assets/style-0123456789abcdef.css")
  assert.equal(other.headers.get("cache-control"), "no-store")
  assert.equal(other.text, style.text)
  assert.equal((await get("/assets/other.css")).status, 404)
})

test("metrics count by route, not by id, and time what others take", async () => {
  upstreams.documents.set("one", { name: "One" })
  await get("/dapps/one")
  const { text } = await get("/metrics")
  assert.match(text, /http_requests_total\{method="GET",route="\/dapps\/:id",status="200"\} \d/)
  assert.match(text, /upstream_request_duration_seconds_count\{.*upstream="API".*\} \d/)
  assert.doesNotMatch(text, /dapps\/one/)
})
