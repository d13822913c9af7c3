// Canonical JSON by the examples of RFC 8785, and BLAKE2b-256 by known values.
import assert from "node:assert/strict"
import { test } from "node:test"
import canonicalize from "canonicalize"
import { blake2b256, rootHash } from "../../src/canonical.ts"

test("RFC 8785, 3.2.2 to 3.2.4: the sample object", () => {
  const sample = String.raw`{
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  }`
  const canonical = String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`
  assert.equal(canonicalize(JSON.parse(sample)), canonical)
  assert.equal(rootHash(JSON.parse(sample)), blake2b256(Buffer.from(canonical)))
})

test("RFC 8785, 3.2.3: the order of names is that of UTF-16 code units", () => {
  const sample = String.raw`{
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  }`
  const order = ["Carriage", "One", "Control", "Latin", "Euro", "Emoji", "Hebrew"]
  const values = Object.values(JSON.parse(sample)) as string[]
  const text = canonicalize(JSON.parse(sample)) ?? ""
  const places = order.map((word) => text.indexOf(values.find((value) => value.startsWith(word)) ?? "?"))
  assert.ok(places.every((place) => place > 0))
  assert.deepEqual(
    places,
    places.toSorted((a, b) => a - b),
  )
})

test("RFC 8785, appendix B: numbers", () => {
  const samples: [string, string][] = [
    ["0000000000000000", "0"],
    ["8000000000000000", "0"],
    ["0000000000000001", "5e-324"],
    ["8000000000000001", "-5e-324"],
    ["7fefffffffffffff", "1.7976931348623157e+308"],
    ["ffefffffffffffff", "-1.7976931348623157e+308"],
    ["4340000000000000", "9007199254740992"],
    ["c340000000000000", "-9007199254740992"],
    ["4430000000000000", "295147905179352830000"],
    ["44b52d02c7e14af5", "9.999999999999997e+22"],
    ["44b52d02c7e14af6", "1e+23"],
    ["44b52d02c7e14af7", "1.0000000000000001e+23"],
    ["444b1ae4d6e2ef4e", "999999999999999700000"],
    ["444b1ae4d6e2ef4f", "999999999999999900000"],
    ["444b1ae4d6e2ef50", "1e+21"],
    ["3eb0c6f7a0b5ed8c", "9.999999999999997e-7"],
    ["3eb0c6f7a0b5ed8d", "0.000001"],
    ["41b3de4355555553", "333333333.3333332"],
    ["41b3de4355555554", "333333333.33333325"],
    ["41b3de4355555555", "333333333.3333333"],
    ["41b3de4355555556", "333333333.3333334"],
    ["41b3de4355555557", "333333333.33333343"],
    ["becbf647612f3696", "-0.0000033333333333333333"],
    ["43143ff3c1cb0959", "1424953923781206.2"],
  ]
  for (const [bits, text] of samples) assert.equal(canonicalize(Buffer.from(bits, "hex").readDoubleBE()), text)
  for (const bits of ["7fffffffffffffff", "7ff0000000000000"])
    assert.throws(() => rootHash([Buffer.from(bits, "hex").readDoubleBE()]))
})

test("white space and order change nothing, a value does", () => {
  const hash = (text: string) => rootHash(JSON.parse(text))
  assert.equal(hash('{"a":1,"b":[{"d":2,"c":3}]}'), hash('{ "b": [ { "c": 3.0, "d": 2 } ],\n "a": 1e0 }'))
  assert.notEqual(hash('{"a":1}'), hash('{"a":2}'))
  assert.throws(() => hash(String.raw`{"a":"\ud800"}`), /surrogate/)
})

test("BLAKE2b-256 is not BLAKE2b-512 cut short", () => {
  // As b2sum -l 256 gives them.
  assert.equal(blake2b256(Buffer.from("")), "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8")
  assert.equal(blake2b256(Buffer.from("abc")), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
  assert.equal(blake2b256(bytes), "39a7eb9fedc19aabc83425c6755dd90e6f9d0c804964a1f4aaeea3b9fb599835")
})
