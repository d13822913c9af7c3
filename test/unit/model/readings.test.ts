// What versions of YAML read in different ways is refused when it is read, and never written.
import { describe, expect, it } from "vitest"
import { parse } from "yaml"
import { helmValues, yamlText } from "../../../ci/pipeline/model/index.js"
import { parseFile } from "../../../ci/pipeline/model/text/parse.js"
import { toJson } from "../../../ci/pipeline/model/text/tree.js"

const problems = (text: string) =>
  parseFile("a.yaml", text).problems.map(
    ({ at, message, hint }) => `${at?.line}:${at?.column} ${message}${hint ? ` | ${hint}` : ""}`,
  )

describe("reading", () => {
  it.each([
    ["no", "YAML 1.1 (Helm) reads false", 'YAML 1.2 reads the text "no"', 'write false, "no" for the text'],
    ["yes", "YAML 1.1 (Helm) reads true", 'the text "yes"', 'write true, "yes" for the text'],
    ["On", "true", 'the text "On"', '"On" for the text'],
    ["OFF", "false", 'the text "OFF"', '"OFF" for the text'],
    ["y", "true", 'the text "y"', '"y" for the text'],
    ["N", "false", 'the text "N"', '"N" for the text'],
    ["0400", "(Helm) reads the number 256", "the number 400", 'write 256 or 400 for the number, "0400" for'],
    ["010", "the number 8", "the number 10", "write 8 or 10 for the number"],
    ["08", 'YAML 1.1 reads the text "08"', "the number 8", 'write 8 for the number, "08" for the text'],
    ["1_000", "the number 1000", 'the text "1_000"', 'write 1000 for the number, "1_000" for the text'],
    ["0_7_7", "the number 63", 'the text "0_7_7"', "write 63 for the number"],
    ["1_0.5", "the number 10.5", 'the text "1_0.5"', "write 10.5 for the number"],
    ["0b11", "the number 3", 'the text "0b11"', "write 3 for the number"],
    ["0X1F", "the number 31", 'the text "0X1F"', "write 31 for the number"],
    ["-0x1f", "the number -31", 'the text "-0x1f"', "write -31 for the number"],
    ["0o17", 'the text "0o17"', "the number 15", "write 15 for the number"],
    ["1e3", 'the text "1e3"', "the number 1000", "write 1000 for the number"],
    ["1:30", "YAML 1.1 reads the number 90", 'the text "1:30"', 'write 90 for the number, "1:30" for the text'],
    ["2026-01-31", "YAML 1.1 reads a date", 'the text "2026-01-31"', 'write "2026-01-31" for the text'],
    ["2026-01-31 10:00:00", "a date", 'the text "2026-01-31 10:00:00"', "for the text"],
    ["=", "the mark of a default", 'the text "="', 'write "=" for the text'],
  ])("%s has two readings, and both are named", (written, older, newer, hint) => {
    for (const [text, place] of [
      [`a:\n  b: ${written}\n`, "2:6"],
      [`a:\n  - ${written} # comment\n`, "2:5"],
      [`a:\n  { b: ${written} }\n`, "2:8"],
      [`a:\n  ${written}: x\n`, "2:3"],
    ]) {
      const [found, ...others] = problems(text)
      expect(others).toEqual([])
      expect(found.startsWith(`${place} ${written} is ambiguous: YAML 1.1`)).toBe(true)
      for (const part of [older, newer, hint]) expect(found).toContain(part)
    }
    const quoted = `a: "${written}"\nb: '${written}'\n"${written}": |-\n  ${written}\n`
    expect(problems(quoted)).toEqual([])
    expect(toJson(parseFile("a.yaml", quoted).tree)).toEqual({ a: written, b: written, [written]: written })
  })

  it("takes what all versions read alike", () => {
    const text =
      "a: [true, False, null, ~, 0, -1, 1.5, .5, 0x1F, 1.5e+3, 9007199254740991, 1.2.3, 10.0.0.0/16, 5m, 1:2:99, nO, tRUE, 12e, 2026-1]\n"
    expect(problems(text)).toEqual([])
    expect(toJson(parseFile("a.yaml", text).tree)).toEqual({
      a: [
        ...[true, false, null, null, 0, -1, 1.5, 0.5, 31, 1500, 9007199254740991],
        ...["1.2.3", "10.0.0.0/16", "5m", "1:2:99", "nO", "tRUE", "12e", "2026-1"],
      ],
    })
  })

  it.each([
    ["9007199254740993", "1:4 9007199254740993 cannot be represented exactly in JSON"],
    ["-12345678901234567890", "1:4 -12345678901234567890 cannot be represented exactly in JSON"],
    ["0.12345678901234567890123", "1:4 0.12345678901234567890123 cannot be represented exactly in JSON"],
    ["1.0e+400", "1:4 1.0e+400 is ambiguous: YAML 1.1 (Helm) reads the text"],
    ["1.10", '1:4 1.10 is a number and would arrive as 1.1 | write 1.1 for the number, "1.10" for the text'],
    ["2.0", "1:4 2.0 is a number and would arrive as 2 | write 2 for the number"],
  ])("%s would not arrive as it is written", (written, expected) => {
    const [found, ...others] = problems(`a: ${written}\n`)
    expect(others).toEqual([])
    expect(found).toContain(expected)
  })

  it("refuses what changes how a file is read", () => {
    expect(problems("%YAML 1.1\n---\na: no\n")[0]).toMatch(/^1:1 directives \(%YAML\) are not supported/)
    for (const tag of ["!!str 1", "!!int 1", "!!binary aGk=", "!!timestamp 2026-01-31", "!!set { a: null }", "! 1"])
      expect(problems(`a: ${tag}\n`)).toContainEqual(expect.stringMatching(/^1:\d+ (tags \(!|Unresolved tag)/))
    expect(problems("!!str on: 1\n")[0]).toMatch(/^1:\d+ tags \(!!str\) are not supported/)
    expect(problems("&x a: 1\n")[0]).toMatch(/^1:\d+ anchors \(&x\)/)
    expect(problems("a: [?x]\n")[0]).toContain("YAML 1.1 reads the mark of a key")
    expect(problems("a: |\n  x")).toEqual([expect.stringMatching(/^1:4 .* with or without a line break at its end/)])
    expect(problems("a: |-\n  x")).toEqual([])
    expect(problems("a: 1\n...\nb: 2\n")[0]).toMatch(/several documents/)
    expect(problems('a: "\\ud83d"\n')[0]).toMatch(/^1:4 this is not text: an escape names half a character/)
    expect(problems('"<<": { a: 1 }\n')).toEqual([])
  })

  it("refuses characters on which readers do not agree, where they are", () => {
    for (const [character, code] of [
      ["\u0085", "0085"],
      ["\u2028", "2028"],
      ["\u2029", "2029"],
      ["\u007f", "007f"],
      ["\ufeff", "feff"],
      ["\0", "0000"],
      ["\r", "000d"],
    ])
      expect(problems(`a: x\nb: "y${character}z"\n`)).toContainEqual(
        expect.stringMatching(
          new RegExp(`^2:6 YAML versions disagree on the character \\\\u${code}, or refuse it.*write "\\\\u${code}"`),
        ),
      )
    expect(problems("a: \ufffd\n")[0]).toMatch(/^1:4 this was not UTF-8/)
    expect(problems("\ufeffa: é😀\r\nb: 1\r\n")).toEqual([])
    expect(problems("\ufeffno: 1\n")[0]).toMatch(/^1:1 no is ambiguous/)
  })
})

describe("writing", () => {
  const unsafe = [
    ..."y Y yes NO no off On TRUE null ~ .inf -.INF .nan 0400 010 1_000 0b11 0o17 0x1f 0X1F 1e3 1.10 1:30 = <<".split(
      " ",
    ),
    ...[
      "",
      " ",
      "a ",
      "- x",
      "?x",
      "a: b",
      "#",
      "2026-01-31",
      "\t",
      "\n",
      "  x\ny",
      "\ty\nz",
      "\u0085",
      "a\u2028b",
      "\ufeff",
      "\u007f",
    ],
  ]

  it.each(unsafe)("%j is in quotes, as a value and as a key", (text) => {
    const written = yamlText({ a: text, [text]: [text], map: { [text]: { [text]: 1 } } })
    expect(written).not.toContain(`: ${text}\n`)
    const quoted = JSON.stringify(text).replace(
      /[\u007f-\u009f\u2028\u2029\ufeff]/g,
      (odd) => `\\u${odd.charCodeAt(0).toString(16).padStart(4, "0")}`,
    )
    expect(written.startsWith(`a: ${quoted}\n${quoted}:\n  - ${quoted}\n`)).toBe(true)
    for (const version of ["1.1", "1.2"] as const)
      expect(parse(written, { version })).toEqual({ a: text, [text]: [text], map: { [text]: { [text]: 1 } } })
  })

  it("leaves plain what is plain to everybody", () => {
    const plain = {
      a: "text",
      "b.c/d": "oci://host:5000/x@y",
      e: "${images.shop}",
      f: true,
      g: null,
      h: 1.5,
      i: "one\n  two\n",
    }
    expect(yamlText(plain)).toBe(
      "a: text\nb.c/d: oci://host:5000/x@y\ne: ${images.shop}\nf: true\ng: null\nh: 1.5\ni: |\n  one\n    two\n",
    )
  })

  it("hands values to Helm as JSON in which nothing is a line break of YAML 1.1", () => {
    const values = { a: "x\u0085y\u2028z\u007f\ufeff", no: ["\u2029"] }
    expect(helmValues(values)).toBe('{"a":"x\\u0085y\\u2028z\\u007f\\ufeff","no":["\\u2029"]}')
  })
})
