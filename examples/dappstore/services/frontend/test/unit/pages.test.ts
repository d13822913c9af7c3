// Pages from what is known: no neighbour is asked.
import assert from "node:assert/strict"
import { test } from "node:test"
import { dappPage } from "../../src/pages/dapp.ts"
import { dappsPage } from "../../src/pages/dapps.ts"
import { registrationsPage } from "../../src/pages/registrations.ts"

test("what is empty says how something gets there", () => {
  assert.match(dappsPage({ q: "" }, { dapps: [] }), /no dApps yet.*registered it on the chain/s)
  const registrations = registrationsPage({}, { registrations: [] })
  assert.match(registrations, /no registrations yet.*metadata label 1667.*oura/s)
})

test("a field of a document that the store repeats is shown once, deep ones as JSON", () => {
  const [id, name, url] = ["ab12", "Once", "https://once.example/"]
  const nested = { short: "Short.", list: ["one", "two"], none: [], deep: { deep: { deep: { deep: 1 } } } }
  const document = { name, url, subject: id, projectName: name, link: url, description: nested }
  const page = dappPage({ id, document }, undefined)
  assert.doesNotMatch(page, />(projectName|link|subject)</)
  assert.match(page, /<dt><bdi>short<\/bdi><\/dt><dd><bdi>Short.<\/bdi>/)
  assert.match(page, /<ul><li><bdi>one<\/bdi><\/li><li><bdi>two<\/bdi><\/li><\/ul>/)
  assert.match(page, /<dt><bdi>none<\/bdi><\/dt><dd>none/)
  assert.match(page, /<pre>{\n {2}&quot;deep&quot;: 1\n}<\/pre>/)
  assert.match(dappPage({ id, document: { ...document, link: "https://other.example/" } }, undefined), />link</)
  assert.match(dappsPage({ q: "" }, { dapps: [{ id, document }] }), /<p><bdi>Short.<\/bdi><\/p>/)
})
