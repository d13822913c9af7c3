// Searching in the real API: among all dApps, page by page, and never without end.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
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
const fill = (count: number, name: (number: number) => string) =>
  write(
    neighbours.apiWriteUrl,
    Object.fromEntries(Array.from({ length: count }, (_, number) => [`d-${10_000 + number}`, { name: name(number) }])),
  )
/** How many requests the API has had from the front end. */
const asked = async () => {
  const metrics = await (await fetch(`${frontend.url}/metrics`)).text()
  return Number(
    /^upstream_request_duration_seconds_count\{upstream="API",outcome="answered"\} (\d+)/m.exec(metrics)?.[1] ?? 0,
  )
}

test("finds a dApp far behind the first page, whatever the case", options, async () => {
  await fill(950, (number) => (number === 940 ? "Ｍinswap <X>" : `other ${number}`))
  const { found, further, text } = await get(`/?q=${encodeURIComponent("  MINSWAP <x> ")}`)
  assert.deepEqual(found, ["d-10940"])
  assert.equal(further, undefined)
  assert.match(text, /value="MINSWAP &lt;x&gt;"/)
})

test("many results come in pages that leave none out", options, async () => {
  await fill(260, (number) => (number % 2 ? `wanted ${number}` : "other"))
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

test("asks for a bounded number of pages, and offers to search further", options, async () => {
  await fill(2101, (number) => (number === 2100 ? "the last" : "other"))
  const before = await asked()
  const first = await get("/?q=last")
  assert.equal((await asked()) - before, 20)
  assert.deepEqual(first.found, [])
  assert.match(first.text, /None found so far/)
  assert.deepEqual((await get(first.further ?? "")).found, ["d-12100"])
})

test("finding nothing is said", options, async () => {
  await fill(3, () => "other")
  assert.match((await get("/?q=%3Cb%3E")).text, /No dApp has “<bdi>&lt;b&gt;<\/bdi>” in its name/)
})

test("what cannot be searched for is 400, and asks nobody", options, async () => {
  const before = await asked()
  for (const path of [`/?q=${"x".repeat(101)}`, "/?after=../health", "/?q=x&after=A"])
    assert.equal((await get(path)).status, 400, path)
  assert.equal(await asked(), before)
})
