// Looks for secrets in what a person, a log or a bucket can hold, by undoing every encoding that could hide them.
import { gunzipSync } from "node:zlib"

/** A shorter value is found by chance. */
const shortest = 6

/** What is base64, perhaps: it may be part of a longer word. */
const word = /[A-Za-z0-9+/_-]{8,}/g

/**
 * Which secrets stand in which text, and how they are written there.
 *
 * @param secrets values by name
 * @param texts texts by name
 * @returns one line each, such as "password in stderr, as base64"; it does not repeat the value
 */
export function leaks(secrets: Record<string, string>, texts: Record<string, string>): string[] {
  const sought = Object.entries(secrets).flatMap(([name, value]) => partsOf(value).map((part) => ({ name, part })))
  return Object.entries(texts).flatMap(([text, content]) => {
    const views = viewsOf(content)
    return sought.flatMap(({ name, part }) => {
      const [how] = Object.entries(views).find(([, view]) => view.includes(part)) ?? []
      return how ? [`${name} in ${text}, ${how}`] : []
    })
  })
}

/** A secret of several lines counts when one of its longer lines is found. */
const partsOf = (value: string): string[] =>
  value.includes("\n")
    ? [...new Set(value.split("\n").map((line) => line.trim()))].filter((line) => line.length >= 16)
    : value.length >= shortest
      ? [value]
      : []

/** A text in every way that it can be read. */
function viewsOf(text: string): Record<string, string> {
  const [json, inner] = [fromJson(text), fromBase64(text)]
  return {
    "as it is": text,
    "URL-encoded": fromUrl(text),
    "escaped as JSON": json,
    "escaped as JSON, twice": fromJson(json),
    "as base64": inner,
    "as base64 of JSON": fromJson(inner),
    "as base64, twice": fromBase64(inner),
  }
}

const fromUrl = (text: string) =>
  text
    .replaceAll("+", " ")
    .replace(/(?:%[0-9a-fA-F]{2})+/g, (codes) => Buffer.from(codes.replaceAll("%", ""), "hex").toString())

const fromJson = (text: string) =>
  text.replace(/\\(?:u([0-9a-fA-F]{4})|(.))/gs, (_, code: string, character: string) =>
    code ? String.fromCharCode(Number.parseInt(code, 16)) : ({ n: "\n", t: "\t", r: "\r" }[character] ?? character),
  )

/** What the words of a text are the base64 of; packed records, such as Helm's, are unpacked. */
const fromBase64 = (text: string) =>
  (text.match(word) ?? [])
    .flatMap((found) => [0, 1, 2, 3].map((start) => Buffer.from(found.slice(start), "base64")))
    .map((bytes) => (bytes[0] === 0x1f && bytes[1] === 0x8b ? unpacked(bytes) : bytes.toString()))
    .join("\n")

function unpacked(bytes: Buffer): string {
  try {
    return gunzipSync(bytes).toString()
  } catch {
    return ""
  }
}
