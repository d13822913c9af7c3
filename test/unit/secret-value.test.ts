// What stands in a secret arrives in a pod byte by byte, or not at all.
import { describe, expect, it } from "vitest"
import { bytesOf } from "../../ci/pipeline/tools/secret-value.js"

const field = (json: string, name = "a") => Buffer.from(bytesOf({ SecretString: json }, name)).toString()

describe("a field of a JSON secret", () => {
  it.each([
    ['{"a": "text"}', "text"],
    ['{"a": ""}', ""],
    ['{"a": 12345678901234567890}', "12345678901234567890"],
    ['{"a": -0.10}', "-0.10"],
    ['{"a": 1.10}', "1.10"],
    ['{"a": 1E400}', "1E400"],
    ['{"a": true}', "true"],
    ['{"a": false}', "false"],
    ['{"a": "\\u00e9\\ud83d\\ude00\\/\\n\\u0000"}', "é😀/\n\0"],
    ['{"b": {"a": 1}, "a": "x", "a": "x"}', "x"],
    ['\n{\t"b": [1.10, null], "a": "x"}\r\n', "x"],
  ])("%s", (json, expected) => {
    expect(field(json)).toBe(expected)
  })

  it.each([
    ['{"a": null}', /its field a is null/],
    ['{"a": {"password": "x"}}', /its field a is an object/],
    ['{"a": ["x"]}', /its field a is a list/],
    ['{"b": "x"}', /it has no field a: correct/],
    ['{"a": "hunter2", "a": "hunter3"}', /has two values for one key/],
    ['{"a": "hunter2"', /is not a JSON object/],
    ["hunter2", /is not a JSON object/],
    ['"hunter2"', /is not a JSON object/],
    ['["hunter2"]', /is not a JSON object/],
    ["null", /is not a JSON object/],
    ["1.10", /is not a JSON object/],
    ['{"a": "hunter\\ud83d"}', /is not text/],
  ])("%s is refused, and not shown", (json, expected) => {
    expect(() => field(json)).toThrow(expected)
    expect(() => field(json)).not.toThrow(/hunter|password/)
  })

  it("is none that every object has", () => {
    for (const name of ["toString", "constructor", "__proto__"])
      expect(() => field('{"a": "x"}', name)).toThrow(/it has no field/)
  })
})

describe("a whole secret", () => {
  it("is its text, or its bytes", () => {
    expect(Buffer.from(bytesOf({ SecretString: ' {"a": 1.10}\n' })).toString()).toBe(' {"a": 1.10}\n')
    const bytes = Uint8Array.from([0, 255, 128, 10])
    expect(bytesOf({ SecretBinary: bytes })).toEqual(bytes)
    expect(bytesOf({ SecretString: "" })).toHaveLength(0)
  })

  it("that holds nothing is an error, and so is a field of bytes", () => {
    expect(() => bytesOf({})).toThrow(/neither text nor bytes/)
    expect(() => bytesOf({ SecretBinary: Uint8Array.of(1) }, "a")).toThrow(/it is binary and has no field a/)
  })
})
