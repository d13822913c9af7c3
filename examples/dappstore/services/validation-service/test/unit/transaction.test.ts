// Reading oura's messages.
import assert from "node:assert/strict"
import { test } from "node:test"
import { readMessage } from "../../src/transaction.ts"
import { bytesOf, newHash, transaction } from "../oura.ts"

test("a bare transaction: the hash from base64, and the typed metadatum", () => {
  const hash = newHash()
  const value = { text: "a", number: -7, bytes: Uint8Array.of(1, 2), list: ["x", []], map: {} }
  const { key, txHash, event, slot, registration, problems } = readMessage(bytesOf(transaction(value, hash)))
  assert.deepEqual(problems, [])
  assert.equal(txHash, hash.toString("hex"))
  assert.equal(key, txHash)
  assert.equal(event, "apply")
  assert.equal(slot, undefined)
  assert.deepEqual(
    registration,
    new Map<string, unknown>([
      ["text", "a"],
      ["number", -7n],
      ["bytes", Buffer.from([1, 2])],
      ["list", ["x", []]],
      ["map", new Map()],
    ]),
  )
})

test("the label is a text or a number, the hash base64 or hexadecimal", () => {
  const json = transaction("x")
  const numbers = {
    ...json,
    auxiliary: { metadata: [{ label: 1667, value: { array: { items: [{ int: 5 }] } } }] },
    hash: Buffer.from(json.hash, "base64").toString("hex").toUpperCase(),
  }
  assert.deepEqual(readMessage(bytesOf(numbers)).registration, [5n])
  assert.equal(readMessage(bytesOf(numbers)).key, readMessage(bytesOf(json)).key)
})

test("the envelope tells the event and the slot", () => {
  const record = transaction("x")
  const point = { slot: 101516417, hash: "ab" }
  const apply = readMessage(bytesOf({ event: "apply", point, record }))
  assert.deepEqual([apply.event, apply.slot, apply.registration], ["apply", 101516417, "x"])
  assert.equal(apply.key, readMessage(bytesOf(record)).key)
  assert.equal(readMessage(bytesOf({ event: "undo", point, record })).event, "undo")
  const reset = readMessage(bytesOf({ event: "reset", point: "origin" }))
  assert.deepEqual([reset.event, reset.slot, reset.problems], ["reset", undefined, []])
})

test("other transactions have no registration", () => {
  for (const json of [transaction(), { ...transaction(), auxiliary: {} }, { ...transaction(), auxiliary: undefined }]) {
    const { registration, problems } = readMessage(bytesOf(json))
    assert.equal(registration, undefined)
    assert.deepEqual(problems, [])
  }
})

test("what cannot be read says why, and has a key of its own", () => {
  const pairs = (...keys: object[]) => ({
    ...transaction(),
    auxiliary: {
      metadata: [{ label: "1667", value: { map: { pairs: keys.map((key) => ({ key, value: { int: "1" } })) } } }],
    },
  })
  const cases: [Uint8Array, RegExp][] = [
    [Buffer.from(""), /JSON/],
    [Buffer.from("{"), /JSON/],
    [Uint8Array.of(0x22, 0xff, 0x22), /encoded data was not valid/],
    [bytesOf([]), /not a JSON object/],
    [bytesOf({ event: "apply", point: {} }), /no transaction/],
    [bytesOf({ hex: "84a400" }), /ParseCbor/],
    [bytesOf({ ...transaction(), hash: "AAAA" }), /no hash of 32 bytes/],
    [bytesOf({ ...transaction("x"), auxiliary: { metadata: [{ label: "1667", value: {} }] } }), /neither map/],
    [bytesOf(pairs({ int: "1" })), /key that is not text/],
    [bytesOf(pairs({ text: "a" }, { text: "a" })), /a twice/],
    [Buffer.from(`${"[".repeat(200_000)}${"]".repeat(200_000)}`), /not a JSON object|stack/],
  ]
  const keys = cases.map(([bytes, why]) => {
    const { problems, key } = readMessage(bytes)
    assert.equal(problems.length, 1)
    assert.match(problems[0] ?? "", why)
    assert.equal(readMessage(bytes).key, key)
    return key
  })
  assert.equal(new Set(keys).size, cases.length)
})
