/** How a plain (unquoted) scalar is read: by YAML 1.2, in which environment files are written, and by YAML 1.1. */
import type { Position, Problem } from "./problems.js"

type Value = string | number | boolean | null
/** A value, or what is no JSON: a date, a mark. */
type Reading = Value | { readonly kind: string }

/**
 * What is wrong with a plain scalar: versions of YAML read different values, or the value would not keep what is written.
 *
 * @param source the scalar as it is written
 * @param value what YAML 1.2 reads
 * @param at its place
 * @example
 * plainProblem("no", "no", at)?.message   // 'no is ambiguous: YAML 1.1 (Helm) reads false, YAML 1.2 reads the text "no"'
 */
export function plainProblem(source: string, value: Value, at: Position): Problem | undefined {
  const helm = helmReading(source)
  const standard = standardReading(source)
  const older = same(helm, value) ? standard : helm
  if (!same(older, value)) {
    const who = older === helm ? "YAML 1.1 (Helm)" : "YAML 1.1"
    return {
      at,
      message: `${source} is ambiguous: ${who} reads ${say(older)}, YAML 1.2 reads ${say(value)}`,
      hint: `write ${[...plainForms(older, value), `${JSON.stringify(source)} for the text`].join(", ")}`,
    }
  }
  if (typeof value !== "number") return undefined
  if (!isExact(source, value)) {
    const message = `${source} cannot be represented exactly in JSON`
    return { at, message, hint: "put quotes around it to make it a string" }
  }
  if (/^[^xe]*\.(\d*0)?$/i.test(source)) {
    const hint = `write ${value} for the number, ${JSON.stringify(source)} for the text, such as a version`
    return { at, message: `${source} is a number and would arrive as ${value}`, hint }
  }
  return undefined
}

/** Whether every version of YAML reads a text as itself when it is written without quotes; it may refuse more than it must. */
export const isSafelyPlain = (text: string) => /^[A-Za-z/$_][^\t\n\r]*$/.test(text) && word(text) === undefined

const TRUE = /^(y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/
const FALSE = /^(n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/
const NULL = /^(~|null|Null|NULL)?$/
const INFINITE = /^([-+]?)\.(inf|Inf|INF)$/
const NOT_A_NUMBER = /^\.(nan|NaN|NAN)$/

/** What is a word in YAML 1.1; undefined for all others. */
function word(text: string): boolean | number | null | undefined {
  if (TRUE.test(text)) return true
  if (FALSE.test(text)) return false
  if (NULL.test(text)) return null
  if (NOT_A_NUMBER.test(text)) return Number.NaN
  const [, sign] = INFINITE.exec(text) ?? []
  return sign === undefined ? undefined : sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
}

/** As Helm 4 reads: `resolve` of go.yaml.in/yaml/v2, below sigs.k8s.io/yaml. A test compares it with Helm itself. */
function helmReading(text: string): Value {
  const known = word(text)
  if (known !== undefined) return known
  if (/^\.\d+(_\d+)*([eE][-+]?\d+(_\d+)*)?$/.test(text)) return finite(text)
  if (!/^[-+\d]/.test(text)) return text
  const digits = text.replaceAll("_", "")
  const float = /^[-+]?(\.\d+|\d+(\.\d*)?)([eE][-+]?\d+)?$/.test(digits)
  return integer(digits) ?? (float ? finite(text) : text)
}

/** The number, or the text where it is none of 64 bits. */
function finite(text: string): number | string {
  const value = Number(text.replaceAll("_", ""))
  return Number.isFinite(value) ? value : text
}

/** An integer in any base, as Go reads it; for binary ones the sign may follow the prefix. */
function integer(text: string): number | undefined {
  const signed = text.replace(/^0b([-+])/, (_, sign) => `${sign}0b`)
  const [, sign, size] = /^([-+]?)(\d+|0[xX][\da-fA-F]+|0[bB][01]+|0[oO][0-7]+)$/.exec(signed) ?? []
  if (size === undefined || /^0\d*[89]/.test(size)) return undefined
  const value = Number(size.replace(/^0(?=\d)/, "0o"))
  return sign === "-" ? -value : value
}

/** As the standard of YAML 1.1 has it (https://yaml.org/type/), which other readers follow. */
function standardReading(text: string): Reading {
  const known = word(text)
  if (known !== undefined) return known
  if (text === "=") return { kind: "the mark of a default" }
  if (text.startsWith("?")) return { kind: "the mark of a key" } // inside of [ ] and { }
  if (isDate(text)) return { kind: "a date" }
  const digits = text.replaceAll("_", "")
  if (/^[-+]?(0b[01_]+|0[0-7_]+|0x[\da-fA-F_]+|0|[1-9][\d_]*)$/.test(text)) return integer(digits) ?? text
  if (/^[-+]?(\d[\d_]*\.[\d_]*|\.\d[\d_]*)([eE][-+]\d+)?$/.test(text)) return Number(digits)
  if (/^[-+]?\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?$/.test(text)) return base60(digits)
  return text
}

function base60(text: string): number {
  const size = text
    .replace(/^[-+]/, "")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0)
  return text.startsWith("-") ? -size : size
}

const isDate = (text: string) =>
  /^\d{4}-\d\d?-\d\d?(([Tt]|[ \t]+)\d\d?:\d\d?:\d\d?(\.\d*)?([ \t]*(Z|[-+]\d\d?(:?\d\d)?))?)?$/.test(text)

const same = (a: Reading, b: Reading) => a === b || (Number.isNaN(a) && Number.isNaN(b))

/** Whether a number holds all that its text says. */
function isExact(source: string, value: number): boolean {
  if (!Number.isFinite(value)) return false
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false
  return /^0[xo]/.test(source) || decimal(source) === decimal(String(value))
}

/** One text for one number: digits without zeros around them, and the exponent. */
function decimal(text: string): string {
  const [, whole = "", fraction = "", exponent = "0"] = /^[-+]?(\d*)\.?(\d*)(?:[eE]([-+]?\d+))?$/.exec(text) ?? []
  const digits = (whole + fraction).replace(/^0+/, "")
  const short = digits.replace(/0+$/, "")
  return short && `${short}e${Number(exponent) - fraction.length + digits.length - short.length}`
}

function say(reading: Reading): string {
  if (typeof reading === "string") return `the text ${JSON.stringify(reading)}`
  if (typeof reading === "number") return `the number ${reading}`
  return typeof reading === "object" && reading !== null ? reading.kind : String(reading)
}

/** How to write what the versions read, so that all of them read the same. */
function plainForms(...readings: Reading[]): string[] {
  const numbers = readings.filter((reading) => typeof reading === "number" && Number.isFinite(reading))
  const others = readings.filter((reading) => typeof reading === "boolean" || reading === null).map(String)
  return [...(numbers.length > 0 ? [`${numbers.join(" or ")} for the number`] : []), ...others]
}
