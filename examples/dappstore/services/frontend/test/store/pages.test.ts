// The pages over the real API.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { nowhere } from "../failing/broken.ts"
import { startFrontend } from "../frontend.ts"
import type { Running } from "../http.ts"
import { clear, type Neighbours, skip, startNeighbours, write } from "../neighbours.ts"

const options = { skip }
let neighbours: Neighbours
let frontend: Running
before(async () => {
  if (skip) return
  neighbours = await startNeighbours()
  frontend = await startFrontend(neighbours.apiUrl)
})
after(async () => {
  await frontend?.stop()
  await neighbours?.stop()
})
beforeEach(async () => {
  if (!skip) await clear(neighbours)
})

const get = async (path: string, { url } = frontend) => {
  const response = await fetch(url + path)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test("the list links every dApp, and every page the next", options, async () => {
  const ids = Array.from({ length: 120 }, (_, number) => `d-${1000 + number}`)
  const documents = ids.map((id) => [id, { name: `dApp ${id}`, url: `https://${id}.example` }])
  await write(neighbours.apiWriteUrl, Object.fromEntries(documents))
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
  assert.deepEqual(seen, ids)
})

test("an empty store says so, and how a dApp gets there", options, async () => {
  const { text } = await get("/")
  assert.match(text, /no dApps yet/)
  assert.match(text, /registered it on the chain/)
  assert.match(text, /<a href="\/registrations">Registrations<\/a> shows/)
})

test("what a dApp says stays text, and its address a link only if it is one", options, async () => {
  const bad = {
    name: "<script>alert(1)</script>",
    description: "javascript:alert(2)",
    '"><img src=x>': { "<b>": "</pre><script>" },
    list: ["<i>", { deep: [{ deeper: [{ "<u>": "<s>" }] }] }, []],
    link: "https://link.example",
    site: "https://site.example/?a=1&b=2",
    more: "javascript:alert(3)",
    count: 0,
    nothing: null,
  }
  await write(neighbours.apiWriteUrl, { bad })
  for (const path of ["/", "/dapps/bad"]) {
    const { text } = await get(path)
    assert.match(text, /&lt;script&gt;alert\(1\)/)
    assert.doesNotMatch(text, /<script|<img|<b>|<i>|<u>|<s>|href="javascript/)
  }
  const { text } = await get("/dapps/bad")
  assert.match(text, /<a href="https:\/\/site.example\/\?a=1&amp;b=2" rel="nofollow ugc noreferrer">/)
  assert.match(text, /<dd>0<\/dd>/)
  assert.match(text, /<dd>null<\/dd>/)
})

test("a dApp is shown without the validation service", options, async () => {
  await write(neighbours.apiWriteUrl, { abc: { name: "Shown" } })
  const without = await startFrontend(neighbours.apiUrl, await nowhere())
  const { status, text } = await get("/dapps/abc", without)
  assert.equal(status, 200)
  assert.match(text, /Shown/)
  assert.match(text, /validation service cannot be reached/)
  assert.equal((await fetch(`${without.url}/health`)).status, 200)
  await without.stop()
})

test("without a validation service the pages say so", options, async () => {
  await write(neighbours.apiWriteUrl, { x: { name: "X" } })
  for (const path of ["/registrations", "/dapps/x"]) {
    const { status, text } = await get(path)
    assert.equal(status, 200)
    assert.match(text, /without a validation service/)
  }
})

test("what is not there is 404, and bad ids are not asked for", options, async () => {
  await get("/")
  const before = Number(
    /seconds_count\{upstream="API",outcome="answered"\} (\d+)/.exec((await get("/metrics")).text)?.[1],
  )
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
  const { text } = await get("/metrics")
  // Only that of /dapps/none is asked for.
  assert.equal(Number(/seconds_count\{upstream="API",outcome="answered"\} (\d+)/.exec(text)?.[1]) - before, 1)
})

test("pages can only be read", options, async () => {
  for (const method of ["POST", "PUT", "PATCH", "DELETE"])
    for (const path of ["/", "/dapps/x", "/registrations", "/live"]) {
      const response = await fetch(frontend.url + path, { method, body: "x" })
      assert.deepEqual([response.status, response.headers.get("allow")], [405, "GET, HEAD"], `${method} ${path}`)
    }
  const head = await fetch(`${frontend.url}/`, { method: "HEAD" })
  assert.equal(head.status, 200)
  assert.equal(await head.text(), "")
})

test("the policy lets nothing run, and the pages need nothing that it forbids", options, async () => {
  await write(neighbours.apiWriteUrl, { x: { name: "X", url: "https://x.example" } })
  for (const path of ["/", "/dapps/x", "/registrations", "/nothing"]) {
    const { headers, text } = await get(path)
    const policy = headers.get("content-security-policy") ?? ""
    assert.match(policy, /default-src 'none'/)
    assert.doesNotMatch(policy, /unsafe|\*|script-src/)
    assert.equal(headers.get("x-content-type-options"), "nosniff")
    assert.doesNotMatch(text, /<script|<style| style="| on[a-z]+="|<img|<iframe/)
  }
})

test(
  "the style sheet is kept for ever under its own name, and served uncached under another version's",
  options,
  async () => {
    const [, path = ""] = /<link rel="stylesheet" href="([^"]+)">/.exec((await get("/")).text) ?? []
    const style = await get(path)
    assert.equal(style.status, 200)
    assert.match(style.headers.get("content-type") ?? "", /text\/css/)
    assert.match(style.headers.get("cache-control") ?? "", /max-age=31536000, immutable/)
    const other = await get("/assets/style-0123456789abcdef.css")
    assert.equal(other.headers.get("cache-control"), "no-store")
    assert.equal(other.text, style.text)
    assert.equal((await get("/assets/other.css")).status, 404)
  },
)

test("metrics count by route, not by id, and time what others take", options, async () => {
  await write(neighbours.apiWriteUrl, { one: { name: "One" } })
  await get("/dapps/one")
  const { text } = await get("/metrics")
  assert.match(text, /http_requests_total\{method="GET",route="\/dapps\/:id",status="200"\} \d/)
  assert.match(text, /upstream_request_duration_seconds_count\{.*upstream="API".*\} \d/)
  assert.doesNotMatch(text, /dapps\/one/)
})
