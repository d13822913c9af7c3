// What is YAML and what is not, and where.
import { describe, expect, it } from "vitest"
import { parseFile } from "../../../ci/pipeline/model/text/parse.js"
import { positionAt, toJson } from "../../../ci/pipeline/model/text/tree.js"

const problems = (text: string) =>
  parseFile("a.yaml", text).problems.map(
    ({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` | ${hint}` : ""}`,
  )

describe("parseFile", () => {
  it("keeps values and positions", () => {
    const { tree } = parseFile("a.yaml", "a: 1\nb:\n  c: [x, {d: true}]\n")
    expect(toJson(tree)).toEqual({ a: 1, b: { c: ["x", { d: true }] } })
    expect(positionAt(tree, ["b", "c", 1, "d"])).toEqual({ file: "a.yaml", line: 3, column: 14 })
    expect(positionAt(tree, ["b", "missing", "deeper"])).toEqual({ file: "a.yaml", line: 2, column: 1 })
  })

  it("takes an empty file for an empty map", () => {
    for (const text of ["", "# nothing\n", "---\n", "null\n"])
      expect(parseFile("a.yaml", text)).toMatchObject({ problems: [], tree: { kind: "map" } })
  })

  it.each([
    ["a: 1\nb: 2\na: 3\n", "3:1 this key is already in the same map | keep one of the two"],
    ["a:\n\tb: 1\n", "2:1 tabs cannot indent YAML | use spaces"],
    ["a: 1\n---\nb: 2\n", "2:1 the file holds several documents (---) | keep one"],
    ["- a\n", "1:1 the file must hold a map (key: value), not a list"],
    ["just text\n", '1:1 the file must hold a map (key: value), not the string "just text"'],
    ["1: x\n", '1:1 a key must be a string | write "1"'],
    ["a:\n", '1:1 "a" has no value | write {} for an empty map, null to remove what lower layers set'],
    ["__proto__: x\n", '1:1 "__proto__" cannot be a key'],
    ["a: .inf\n", "1:4 .inf cannot be represented exactly in JSON | put quotes around it to make it a string"],
    [
      "a: 12345678901234567890\n",
      "1:4 12345678901234567890 cannot be represented exactly in JSON | put quotes around it to make it a string",
    ],
  ])("%j", (text, expected) => {
    expect(problems(text)).toEqual([expected])
  })

  it("refuses anchors, aliases, merge keys and tags, and says what to use instead", () => {
    const found = problems("a: &x { b: 1 }\nc: *x\nd:\n  <<: *x\ne: !secret f\n")
    expect(found).toEqual([
      expect.stringMatching(/^5:4 /),
      expect.stringMatching(
        /^1:\d+ anchors \(&x\) are not supported \| what environments have in common belongs into a layer/,
      ),
      expect.stringMatching(/^2:4 aliases \(\*name\) are not supported/),
      expect.stringMatching(/^4:3 merge keys \(<<\) are not supported/),
      expect.stringMatching(/^5:\d+ tags \(!secret\) are not supported/),
    ])
  })

  it("says where the syntax is wrong", () => {
    expect(problems("a: [1, 2\nb: 3\n")[0]).toMatch(/^2:1 /)
    expect(problems('a: "open\n')[0]).toMatch(/^\d+:\d+ not valid YAML: Missing closing "quote/)
    expect(problems("a: {b: 1}}\n")[0]).toMatch(/^1:10 /)
  })
})
