// What is answered when the database fails, and what needs none.
import assert from "node:assert/strict"
import { after, before, test } from "node:test"
import { type Api, startApi } from "../api.ts"
import { put } from "../http.ts"

const fail = async () => {
  throw new Error("connect ECONNREFUSED")
}
let api: Api
before(async () => {
  api = await startApi({ check: fail, delete: fail, get: fail, list: fail, put: fail })
})
after(() => api.stop())

test("without its database it lives, is not healthy, and answers 503 without the reason", async () => {
  assert.equal((await fetch(`${api.url}/live`)).status, 200)
  const health = await fetch(`${api.url}/health`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /ECONNREFUSED/)
  for (const answer of [
    await fetch(`${api.url}/dapps`),
    await fetch(`${api.url}/dapps/x`),
    await put(`${api.writeUrl}/dapps/x`, { name: "x" }),
    await fetch(`${api.writeUrl}/dapps/x`, { method: "DELETE" }),
  ]) {
    assert.equal(answer.status, 503)
    assert.match(await answer.text(), /the database does not answer/)
  }
  assert.match(api.logged.join("\n"), /ECONNREFUSED/)
})

test("its address says what it offers: to programs as JSON, to people as a page", async () => {
  const plain = await fetch(`${api.url}/`)
  assert.equal(plain.headers.get("content-type"), "application/json")
  assert.equal(plain.headers.get("vary"), "accept")
  const { service, offers } = (await plain.json()) as { service: string; offers: { request: string; try?: string }[] }
  assert.equal(service, "dApp store API")
  assert.ok(offers.some(({ request }) => request.startsWith("GET /dapps?")))

  const accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
  const page = await fetch(`${api.url}/`, { headers: { accept } })
  assert.match(page.headers.get("content-type") ?? "", /^text\/html/)
  const html = await page.text()
  assert.match(html, /<h1>dApp store API<\/h1>/)
  for (const offer of offers) {
    assert.ok(html.includes(offer.request.replaceAll("&", "&amp;")), offer.request)
    assert.equal(html.includes(`href="${offer.try}"`), offer.try !== undefined)
    // What is offered is there; only the database is not.
    if (offer.try) assert.match(`${(await fetch(api.url + offer.try)).status}`, /^(200|503)$/)
  }
})

test("browsers find an icon, if an empty one", async () => {
  assert.equal((await fetch(`${api.url}/favicon.ico`)).status, 204)
})
