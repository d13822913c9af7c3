// Secrets in text: the search finds them in every form, and what is masked it does not find any more.
import { execFileSync } from "node:child_process"
import { gzipSync } from "node:zlib"
import { beforeEach, describe, expect, test } from "vitest"
import { formsOf, Mask } from "../../ci/pipeline/model/index.js"
import { leaks } from "../module/leaks.js"

const key = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "-----END PRIVATE KEY-----", ""].join(
  "\n",
)

/** One of each kind that AWS, Kubernetes and people make. */
const values: Record<string, string> = {
  "a generated password": `wE!3{q~8[@:*/h+"W`,
  "a random text": "3q2-7wWlYSCc4k_hC9vOKd0tV1aTnqGJ",
  "a short one": "s3cr3t",
  "another script": "pässwörd für žluťoučký",
  "a backslash and quotes": `a\\b"c'd$e&f<g>h`,
  "white space": "two words and\ttab",
  "a session token": `IQoJb3JpZ2luX2VjE${"Ab+/".repeat(80)}==`,
  "a key of several lines": key,
  "a JSON object": '{"username":"dapp_store","password":"wE!3{q~8[@:"}',
}

/** What Python makes of each value. */
function python(expression: string): (value: string) => string {
  const program = `import json, sys, urllib.parse; print(json.dumps([${expression} for value in json.load(sys.stdin)]))`
  const made = execFileSync("python3", ["-c", program], { input: JSON.stringify(Object.values(values)) })
  const texts: string[] = JSON.parse(made.toString())
  return (value) => texts[Object.values(values).indexOf(value)]
}

/** How tools write a value. */
const writers: Record<string, (value: string) => string> = {
  raw: (value) => `password is ${value}, they say`,
  "indented lines": (value) => value.replace(/^/gm, "    | "),
  base64: (value) => Buffer.from(value).toString("base64"),
  "base64url without padding": (value) => Buffer.from(value).toString("base64url"),
  "base64 of user and password": (value) => Buffer.from(`AWS:${value}`).toString("base64"),
  "base64 within a document": (value) => Buffer.from(JSON.stringify({ p: value, q: 1 })).toString("base64"),
  "URL-encoded": encodeURIComponent,
  "a form": (value) => new URLSearchParams({ value }).toString(),
  "URL-encoded by Python": python("urllib.parse.quote(value, safe='')"),
  "JSON by JavaScript": (value) => JSON.stringify({ value }),
  "JSON by Python": python("json.dumps({'value': value})"),
  "JSON within JSON": (value) => JSON.stringify({ text: JSON.stringify({ value }) }),
}

describe.each(Object.entries(values))("%s", (_, value) => {
  let mask: Mask
  beforeEach(() => {
    mask = new Mask()
    mask.know(value)
  })

  test.each(Object.entries(writers))("written as %s is found, and masked", (_, write) => {
    const text = `before\n${write(value)}\nafter`
    expect(leaks({ value }, { text })).not.toEqual([])
    const hidden = mask.hide(text)
    expect(hidden).toMatch(/^before\n.*\*\*\*.*\nafter$/s)
    expect(leaks({ value }, { text: hidden })).toEqual([])
  })
})

test("the search looks into packed records, and says what it found where without repeating it", () => {
  const record = Buffer.from(gzipSync("password: 3q2-7wWlYSCc4k").toString("base64")).toString("base64")
  const found = leaks({ password: "3q2-7wWlYSCc4k" }, { "stderr of plan": `release: ${record}`, stdout: "nothing" })
  expect(found).toEqual(["password in stderr of plan, as base64, twice"])
})

test("what is too short to be a secret is left alone", () => {
  const mask = new Mask()
  for (const value of ["", "5432", "true"]) mask.know(value)
  expect(mask.hide("port 5432 is true")).toBe("port 5432 is true")
  expect(formsOf("5432")).toEqual([])
})

test("the short lines of a longer secret are no secrets", () => {
  const mask = new Mask()
  mask.know("enabled: true\npassword: wE3q8hW7zJk2mN")
  expect(mask.hide("enabled: true, password: wE3q8hW7zJk2mN")).toBe("enabled: true, ***")
})

test("texts without secrets stay as they are", () => {
  const mask = new Mask()
  mask.know("3q2-7wWlYSCc4k")
  expect(mask.hide("a (b) [c] $d .*")).toBe("a (b) [c] $d .*")
})
