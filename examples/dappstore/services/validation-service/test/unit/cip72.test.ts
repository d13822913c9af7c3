// CIP-72's rules for a registration on the chain.
import assert from "node:assert/strict"
import { test } from "node:test"
import { readClaim } from "../../src/cip72.ts"
import type { Metadatum } from "../../src/transaction.ts"

// As in the text of CIP-72.
const example = {
  subject: "b37aabd81024c043f53a069c91e51a5b52e4ea399ae17ee1fe3cb9c44db707eb",
  rootHash: "7abcda7de6d883e7570118c1ccc8ee2e911f2e628a41ab0685ffee15f39bba96",
  metadata: [
    "https://foundation.app/my_dapp_7abcda/tart/",
    "7abcda7de6d883e7570118c1ccc8ee2e91",
    "e4ea399ae17ee1fe3cb9c44db707eb/",
    "offchain.json",
  ],
  type: { action: "REGISTER", comment: "New release adding zapping support." },
}

function asMetadatum(value: unknown): Metadatum {
  if (Array.isArray(value)) return value.map(asMetadatum)
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array))
    return new Map(Object.entries(value).map(([key, inner]) => [key, asMetadatum(inner)]))
  return value as Metadatum
}

const read = (changes: object) => readClaim(asMetadatum({ ...example, ...changes }))
const urls = (...metadata: unknown[]) => read({ metadata })

test("the example of CIP-72 is one address in chunks", () => {
  assert.deepEqual(read({}), {
    claim: {
      action: "REGISTER",
      subject: example.subject,
      rootHash: example.rootHash,
      urls: [example.metadata.join("")],
    },
    problems: [],
  })
})

test("several addresses, in chunks or in lists of chunks", () => {
  assert.deepEqual(urls("https://a.example/", "x", "ipfs://Qm", "Y").claim.urls, ["https://a.example/x", "ipfs://QmY"])
  assert.deepEqual(urls(["https://a.example/", "x"], "https://b.example/").claim.urls, [
    "https://a.example/x",
    "https://b.example/",
  ])
})

test("hexadecimal digits in upper case are the same subject, and a hash may be 32 bytes", () => {
  const { claim, problems } = read({
    subject: example.subject.toUpperCase(),
    rootHash: Buffer.from(example.rootHash, "hex"),
  })
  assert.deepEqual(problems, [])
  assert.deepEqual([claim.subject, claim.rootHash], [example.subject, example.rootHash])
})

test("texts may be bytes, as CIP-72's grammar has them", () => {
  const { claim, problems } = read({ subject: Buffer.from("abc1"), metadata: [Buffer.from("https://a.example/")] })
  assert.deepEqual(problems, [])
  assert.deepEqual([claim.subject, claim.urls], ["abc1", ["https://a.example/"]])
})

test("a de-registration needs no address", () => {
  const { metadata: _, ...rest } = example
  assert.deepEqual(readClaim(asMetadatum({ ...rest, type: { action: "DE_REGISTER" } })).problems, [])
  assert.match(readClaim(asMetadatum(rest)).problems.join(), /metadata must be a list/)
})

test("the fields of version 1 are accepted", () => {
  assert.deepEqual(read({ signature: { r: "00" } }).problems, [])
  assert.deepEqual(read({ type: { action: "REGISTER", releaseNumber: "1.0.0-rc.1", releaseName: "V1" } }).problems, [])
})

test("each rule is checked", () => {
  const cases: [object, RegExp][] = [
    [{ subject: "" }, /subject/],
    [{ subject: "a".repeat(65) }, /subject/],
    [{ subject: "my-dapp" }, /subject/],
    [{ subject: undefined }, /subject/],
    [{ rootHash: "abc" }, /rootHash/],
    [{ rootHash: `${example.rootHash}00` }, /rootHash/],
    [{ metadata: [] }, /metadata/],
    [{ metadata: "https://a.example/" }, /metadata/],
    [{ metadata: [1n] }, /metadata/],
    [{ metadata: ["https://a.example/", ""] }, /metadata/],
    [{ metadata: [`https://a.example/${"x".repeat(64)}`] }, /1 to 64/],
    [{ metadata: [[]] }, /metadata/],
    [{ metadata: ["example.com/offchain.json"] }, /not an https or ipfs/],
    [{ metadata: ["file:///etc/passwd"] }, /not an https or ipfs/],
    [{ type: "REGISTER" }, /type must be a map/],
    [{ type: {} }, /type.action/],
    [{ type: { action: "UPDATE" } }, /type.action/],
    [{ type: { action: "REGISTER", comment: "é".repeat(33) } }, /type.comment/],
    [{ type: { action: "REGISTER", releaseNumber: "v1" } }, /type.releaseNumber/],
    [{ more: "x" }, /more is not a field/],
  ]
  for (const [changes, why] of cases)
    assert.match(read(changes).problems.join("\n"), why, JSON.stringify(Object.keys(changes)))
  assert.match(readClaim("text").problems.join(), /must be a map/)
})

test("all problems are named at once, and what is good is kept", () => {
  const { claim, problems } = read({ rootHash: "x", type: {}, metadata: ["nowhere"] })
  assert.equal(problems.length, 3)
  assert.equal(claim.subject, example.subject)
  assert.equal(claim.rootHash, undefined)
})
