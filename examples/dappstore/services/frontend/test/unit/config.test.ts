// Settings: complete ones are read, bad ones are all named at once.
import assert from "node:assert/strict"
import { test } from "node:test"
import { readConfig } from "../../src/config.ts"

test("reads a complete environment", () => {
  assert.deepEqual(readConfig({ PORT: "1234", API_URL: "http://api", VALIDATION_URL: "https://validation:8443/v1/" }), {
    port: 1234,
    apiUrl: "http://api",
    validationUrl: "https://validation:8443/v1",
  })
})

test("has a port of its own, and needs no validation service", () => {
  assert.deepEqual(readConfig({ API_URL: "http://api", VALIDATION_URL: "" }), {
    port: 8080,
    apiUrl: "http://api",
    validationUrl: undefined,
  })
})

test("names every problem in one error", () => {
  assert.throws(() => readConfig({ PORT: "http", VALIDATION_URL: "validation" }), /PORT.*API_URL.*VALIDATION_URL/s)
})

test("refuses addresses that paths cannot be appended to, and shows no password", () => {
  for (const API_URL of ["api:80", "file:///api", "http://", "http://api?x=1", "http://api#x"])
    assert.throws(() => readConfig({ API_URL }), /API_URL must be/, API_URL)
  assert.throws(
    () => readConfig({ API_URL: "http://user:very-secret@api" }),
    (error: Error) => error.message.includes("API_URL") && !error.message.includes("very-secret"),
  )
})
