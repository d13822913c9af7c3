// The API's document for a dApp.
import assert from "node:assert/strict"
import { test } from "node:test"
import { dappOf, problemsOf } from "../../src/dapp.ts"
import { offChain } from "../oura.ts"

test("has name and url beside the fields of CIP-72", () => {
  const document = offChain("ab", "My dApp")
  assert.deepEqual(dappOf(document), { ...document, name: "My dApp", url: "https://www.exampledapp.com" })
})

test("a link that is no web address is not the url, and a document cannot set name and url itself", () => {
  const document = { ...offChain("ab", "Right"), link: "ipfs://x", name: "Wrong", url: "javascript:alert(1)" }
  const { name, url } = JSON.parse(JSON.stringify(dappOf(document)))
  assert.deepEqual([name, url], ["Right", undefined])
})

test("is no longer than the API takes: the largest fields are left out", () => {
  const images = { logo: "l".repeat(40_000), screenshots: ["s".repeat(70_000)], scripts: "x".repeat(30_000) }
  const dapp = dappOf({ ...offChain("ab"), ...images })
  assert.equal(dapp.screenshots, undefined)
  assert.equal(dapp.logo, undefined)
  assert.equal(dapp.scripts, images.scripts)
  assert.equal(dapp.projectName, "My dApp")
  assert.ok(JSON.stringify(dapp).length <= 64 * 1024)
})

test("needs the registration's subject and a name", () => {
  assert.deepEqual(problemsOf(offChain("ABC"), "abc"), [])
  assert.match(problemsOf({ ...offChain("abd"), projectName: "" }, "abc").join(), /subject.*projectName/)
  assert.match(problemsOf(offChain("abc", "x".repeat(101)), "abc").join(), /projectName/)
  for (const document of [null, [], "x", 1]) assert.match(problemsOf(document, "abc").join(), /not a JSON object/)
})
