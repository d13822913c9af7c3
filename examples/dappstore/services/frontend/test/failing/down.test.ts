// Neighbours that are away, slow, or answer nonsense: readable pages that say what is wrong, in bounded time.
import assert from "node:assert/strict"
import { after, before, beforeEach, test } from "node:test"
import { startFrontend } from "../frontend.ts"
import type { Running } from "../http.ts"
import { type Answer, type Broken, nowhere, says, startBroken } from "./broken.ts"

type Frontend = Running & { logged: string[] }
let broken: Broken
let frontend: Frontend
let without: Frontend
before(async () => {
  broken = await startBroken()
  frontend = await startFrontend(broken.url, broken.url)
  without = await startFrontend(await nowhere(), await nowhere())
})
after(() => Promise.all([broken, frontend, without].map(({ stop }) => stop())))
beforeEach(() => {
  broken.asked.length = 0
  frontend.logged.length = 0
})

const get = async (path: string, { url }: Frontend = frontend) => {
  const response = await fetch(url + path)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

test("a neighbour that is away makes a readable 502, its address only in the log", async () => {
  for (const [path, upstream] of [
    ["/", "API"],
    ["/?q=x", "API"],
    ["/dapps/x", "API"],
    ["/registrations", "validation service"],
    ["/registrations?subject=ab&after=5", "validation service"],
  ] as const) {
    const { status, headers, text } = await get(path, without)
    assert.equal(status, 502)
    assert.match(headers.get("content-type") ?? "", /text\/html/)
    assert.match(text, new RegExp(`The store&#39;s ${upstream} cannot be reached`))
    assert.doesNotMatch(text, /127\.0\.0\.1|ECONNREFUSED/)
  }
  assert.match(without.logged.join("\n"), /ECONNREFUSED 127\.0\.0\.1/)
})

test("it lives without the API, and is not healthy", async () => {
  assert.equal((await get("/live", without)).status, 200)
  const { status, text } = await get("/health", without)
  assert.equal(status, 503)
  assert.match(text, /API: connect ECONNREFUSED/)
  for (const answer of [says("", 404), says("", 503)]) {
    broken.answer = answer
    assert.equal((await get("/health")).status, 503)
  }
})

const trickling: Answer = (response) => {
  response.writeHead(200).write("{")
  const timer = setInterval(() => response.write(" "), 100)
  response.on("close", () => clearInterval(timer))
}
for (const [what, answer] of [
  ["says nothing", () => {}],
  ["never ends its answer", trickling],
] as const)
  test(`a neighbour that ${what} is given two seconds`, { timeout: 30_000 }, async () => {
    broken.answer = answer
    const { status, text } = await get("/")
    assert.equal(status, 502)
    assert.match(text, /API did not answer within 2 seconds/)
    assert.match(frontend.logged.join("\n"), /API: .*timeout/)
  })

test("an answer that is cut off, or of a bad status, is named as that", async () => {
  broken.answer = (response) => {
    response.writeHead(200, { "content-length": "100" }).write("{")
    setTimeout(() => response.destroy(), 20)
  }
  assert.match((await get("/")).text, /API broke off its answer/)
  for (const status of [302, 400, 500, 503]) {
    broken.answer = (response) => response.writeHead(status, { location: "/health" }).end()
    assert.match((await get("/registrations")).text, new RegExp(`validation service answered with status ${status}`))
  }
  assert.deepEqual(new Set(broken.asked), new Set(["/dapps?limit=50", "/registrations?limit=50"]))
})

test("an endless answer is not read", async () => {
  const chunk = Buffer.alloc(1024 * 1024, " ")
  broken.answer = (response) => {
    response.on("error", () => {})
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on("drain", more)
    more()
  }
  assert.equal((await get("/")).status, 502)
  assert.match(frontend.logged.join("\n"), /answered more than \d+ bytes/)
})

test("answers of another form are 502, not half a page", async () => {
  const dapp = { id: "x", document: { name: "X" } }
  const registration = { status: "valid", reasons: [], checkedAt: "2026-01-02T03:04:05.678Z", attempts: 1 }
  const dapps = (dapp: unknown) => JSON.stringify({ dapps: [dapp], next: null })
  const registrations = (one: unknown) => JSON.stringify({ registrations: [one], next: null })
  const nonsense = ["", "no JSON", "[]", "null", "7", "{}"]
  for (const [path, bodies] of [
    [
      "/",
      [
        '{"dapps":{}}',
        JSON.stringify({ dapps: [dapp] }),
        JSON.stringify([dapp]),
        JSON.stringify({ dapps: [dapp], next: "../x" }),
        dapps({ ...dapp, id: "../x" }),
        dapps({ id: "x", document: {} }),
        dapps({ id: "x", document: { name: "X", url: 1 } }),
      ],
    ],
    [
      "/registrations",
      [
        JSON.stringify([registration]),
        JSON.stringify({ registrations: [registration] }),
        JSON.stringify({ registrations: [registration], next: "../x" }),
        registrations({}),
        registrations({ ...registration, status: 1 }),
        registrations({ ...registration, checkedAt: "soon" }),
        registrations({ ...registration, reasons: "x" }),
      ],
    ],
  ] as const)
    for (const body of [...nonsense, ...bodies]) {
      broken.answer = says(body)
      const { status, text } = await get(path)
      assert.equal(status, 502, body)
      assert.match(text, /answered in a form that this page cannot read/)
    }
})

test("a search begins no further page after two seconds", { timeout: 30_000 }, async () => {
  broken.answer = (response) => setTimeout(() => says(JSON.stringify({ dapps: [], next: "d-1" }))(response), 900)
  const { status, text } = await get("/?q=x")
  assert.equal(status, 200)
  assert.equal(broken.asked.length, 3)
  assert.match(text, /<a href="\/\?q=x&amp;after=d-1" rel="next">/)
})
