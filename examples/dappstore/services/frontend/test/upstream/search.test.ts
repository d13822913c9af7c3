// Searching: among all dApps, page by page, and never without end.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import type { Running } from "../http.ts"
import { startFrontend, startUpstreams, type Upstreams } from "../upstream.ts"

let upstreams: Upstreams
let frontend: Running
before(async () => {
  upstreams = await startUpstreams()
  frontend = await startFrontend(upstreams.url)
})
after(() => Promise.all([upstreams.stop(), frontend.stop()]))
beforeEach(() => upstreams.reset())

const get = async (path: string) => {
  const response = await fetch(frontend.url + path)
  const text = await response.text()
  return {
    status: response.status,
    text,
    found: [...text.matchAll(/<a href="\/dapps\/([^"]+)">/g)].map(([, id]) => id),
    further: /<a href="([^"]+)" rel="next">/.exec(text)?.[1]?.replaceAll("&amp;", "&"),
  }
}
const fill = (count: number, name: (number: number) => string) => {
  for (let number = 0; number < count; number++) upstreams.documents.set(`d-${10_000 + number}`, { name: name(number) })
}

test("finds a dApp far behind the first page, whatever the case", async () => {
  fill(950, (number) => (number === 940 ? "Ｍinswap <X>" : `other ${number}`))
  const { found, further, text } = await get(`/?q=${encodeURIComponent("  MINSWAP <x> ")}`)
  assert.deepEqual(found, ["d-10940"])
  assert.equal(further, undefined)
  assert.match(text, /value="MINSWAP &lt;x&gt;"/)
})

test("many results come in pages that leave none out", async () => {
  fill(260, (number) => (number % 2 ? `wanted ${number}` : "other"))
  const all: unknown[] = []
  let path: string | undefined = "/?q=wanted"
  for (let pages = 0; path; pages++) {
    assert.ok(pages < 5)
    const { found, further } = await get(path)
    all.push(...found)
    path = further
  }
  assert.equal(all.length, 130)
  assert.equal(new Set(all).size, 130)
})

test("asks for a bounded number of pages, and offers to search further", async () => {
  fill(2101, (number) => (number === 2100 ? "the last" : "other"))
  const first = await get("/?q=last")
  assert.equal(upstreams.asked.length, 20)
  assert.deepEqual(first.found, [])
  assert.match(first.text, /None found so far/)
  assert.deepEqual((await get(first.further ?? "")).found, ["d-12100"])
})

test("begins no further page after two seconds", { timeout: 30_000 }, async () => {
  fill(2, () => "other")
  upstreams.instead.set("/dapps", (response) => {
    const body = JSON.stringify({ dapps: [], next: "d-10000" })
    setTimeout(() => response.writeHead(200).end(body), 900)
  })
  const { status, further } = await get("/?q=x")
  assert.equal(status, 200)
  assert.equal(upstreams.asked.length, 3)
  assert.equal(further, "/?q=x&after=d-10000")
})

test("finding nothing is said", async () => {
  fill(3, () => "other")
  assert.match((await get("/?q=%3Cb%3E")).text, /No dApp has “<bdi>&lt;b&gt;<\/bdi>” in its name/)
})

test("what cannot be searched for is 400, and asks nobody", async () => {
  for (const path of [`/?q=${"x".repeat(101)}`, "/?after=../health", "/?q=x&after=A"])
    assert.equal((await get(path)).status, 400, path)
  assert.deepEqual(upstreams.asked, [])
})
