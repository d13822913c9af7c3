// Upstreams that are away, slow, or answer nonsense: readable pages, in bounded time.
import assert from "node:assert/strict"
import type { ServerResponse } from "node:http"
import { after, before, beforeEach, test } from "node:test"
import type { Running } from "../http.ts"
import { startFrontend, startUpstreams, type Upstreams } from "../upstream.ts"

let upstreams: Upstreams
let frontend: Running & { logged: string[] }
let without: Running & { logged: string[] }
before(async () => {
  upstreams = await startUpstreams()
  frontend = await startFrontend(upstreams.url, upstreams.url)
  const gone = await startUpstreams()
  await gone.stop()
  without = await startFrontend(gone.url, gone.url)
})
after(() => Promise.all([upstreams, frontend, without].map(({ stop }) => stop())))
beforeEach(() => upstreams.reset())

test("an upstream that is away makes a readable 502, its address only in the log", async () => {
  for (const [path, upstream] of [
    ["/", "API"],
    ["/?q=x", "API"],
    ["/dapps/x", "API"],
    ["/registrations", "validation service"],
  ] as const) {
    const response = await fetch(without.url + path)
    const text = await response.text()
    assert.equal(response.status, 502)
    assert.match(response.headers.get("content-type") ?? "", /text\/html/)
    assert.match(text, new RegExp(`The store&#39;s ${upstream} does not answer`))
    assert.doesNotMatch(text, /127\.0\.0\.1|ECONNREFUSED/)
  }
  assert.match(without.logged.join("\n"), /ECONNREFUSED 127\.0\.0\.1/)
})

test("it lives without the API, and is not healthy", async () => {
  assert.equal((await fetch(`${without.url}/live`)).status, 200)
  const health = await fetch(`${without.url}/health`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /API: connect ECONNREFUSED/)
})

test("it is healthy when the API is, whatever the validation service does", async () => {
  upstreams.instead.set("/registrations", (response) => response.writeHead(500).end())
  assert.equal((await fetch(`${frontend.url}/health`)).status, 200)
  for (const status of [404, 503]) {
    upstreams.instead.set("/health", (response) => response.writeHead(status).end())
    assert.equal((await fetch(`${frontend.url}/health`)).status, 503)
  }
})

test("a dApp is shown without the validation service", async () => {
  upstreams.documents.set("x", { name: "Shown" })
  upstreams.instead.set("/registrations", (response) => response.writeHead(500).end())
  const response = await fetch(`${frontend.url}/dapps/x`)
  const text = await response.text()
  assert.equal(response.status, 200)
  assert.match(text, /Shown/)
  assert.match(text, /validation service does not answer/)
})

const silent = () => {}
const trickling = (response: ServerResponse) => {
  response.writeHead(200).write("{")
  const timer = setInterval(() => response.write(" "), 100)
  response.on("close", () => clearInterval(timer))
}
for (const [what, answer] of [
  ["says nothing", silent],
  ["never ends its answer", trickling],
] as const)
  test(`an API that ${what} is given two seconds`, { timeout: 30_000 }, async () => {
    upstreams.instead.set("/dapps", answer)
    const started = performance.now()
    assert.equal((await fetch(`${frontend.url}/`)).status, 502)
    const seconds = (performance.now() - started) / 1000
    assert.ok(seconds > 1.5 && seconds < 6, `${seconds} s`)
    assert.match(frontend.logged.join("\n"), /API: .*timeout/)
  })

test("answers of another form are 502, not half a page", async () => {
  const dapp = { id: "x", document: { name: "X" } }
  for (const body of [
    "no JSON",
    "[]",
    '{"dapps":{}}',
    JSON.stringify({ dapps: [dapp] }),
    JSON.stringify({ dapps: [dapp], next: "../x" }),
    JSON.stringify({ dapps: [{ ...dapp, id: "../x" }], next: null }),
    JSON.stringify({ dapps: [{ id: "x", document: {} }], next: null }),
    JSON.stringify({ dapps: [{ id: "x", document: { name: "X", url: 1 } }], next: null }),
  ]) {
    upstreams.instead.set("/dapps", (response) => response.writeHead(200).end(body))
    assert.equal((await fetch(`${frontend.url}/`)).status, 502, body)
  }
  upstreams.registrations.push({ txHash: "x" })
  assert.equal((await fetch(`${frontend.url}/registrations`)).status, 502)
})

test("a redirect is not followed, an endless answer not read", async () => {
  upstreams.instead.set("/dapps", (response) => response.writeHead(302, { location: "/health" }).end())
  assert.equal((await fetch(`${frontend.url}/dapps/x`)).status, 502)
  const chunk = Buffer.alloc(1024 * 1024, " ")
  upstreams.instead.set("/dapps", (response) => {
    response.on("error", silent)
    const more = () => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on("drain", more)
    more()
  })
  assert.equal((await fetch(`${frontend.url}/`)).status, 502)
  assert.match(frontend.logged.join("\n"), /answered more than \d+ bytes/)
})
