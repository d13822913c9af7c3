// Masks secrets in text, in every form in which a tool may print them.

/** What stands in the place of a secret. */
const mask = "***"

/** A shorter value is no secret: it would be found in any text. */
const shortest = 6

/** Shorter lines of a longer secret say nothing, such as `enabled: true`. */
const shortestLine = 16

/**
 * The forms in which a secret is looked for: as it is, in base64, escaped as JSON, URL-encoded. Of a value of several
 * lines each line counts as well: keys are printed indented.
 *
 * @param value the secret; it has no forms when it has fewer than six characters
 */
export function formsOf(value: string): string[] {
  const forms = plainForms(value).flatMap((form) => [form, inJson(form), encodeURIComponent(form)])
  // What holds another form is hidden with it.
  return [...new Set(forms)].filter((form) => !forms.some((other) => other !== form && form.includes(other)))
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1)

/** A secret as it is, its longer lines, and base64 of both, alone or in a document of JSON. */
function plainForms(value: string): string[] {
  const lines = value.split(/\r?\n/).map((line) => line.trim())
  const texts = [value, value.trim(), ...lines.filter((line) => line.length >= shortestLine)]
  return texts
    .filter((text) => text.length >= shortest)
    .flatMap((text) => [text, ...base64(text), ...base64(inJson(text))])
}

/**
 * Base64 in both alphabets, with padding and without; and what is the same wherever the value stands in a longer text
 * that is encoded as a whole, such as `user:password`.
 */
function base64(value: string): string[] {
  const bytes = Buffer.from(value)
  const within = [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), bytes])
    const text = whole.toString("base64").replace(/=+$/, "")
    // The first and last characters also hold bits of what stands before and after.
    return text.slice([0, 2, 3][before], whole.length % 3 === 0 ? undefined : -1)
  })
  const alone = bytes.toString("base64")
  const standard = [alone, alone.replace(/=+$/, ""), ...within.filter((text) => text.length >= shortest)]
  return [...standard, ...standard.map((text) => text.replaceAll("+", "-").replaceAll("/", "_"))]
}

/** Remembers secrets and takes them out of texts. */
export class Mask {
  /** The secrets; of each its forms, and what finds them. */
  private readonly secrets = new Map<string, Map<string, string>>()
  private pattern?: RegExp

  /**
   * Remembers a secret.
   *
   * @param value the secret
   * @returns the same value
   */
  know(value: string): string {
    if (value && !this.secrets.has(value)) {
      this.secrets.set(value, new Map(plainForms(value).map((form) => [form, [...form].map(written).join("")])))
      this.pattern = undefined
    }
    return value
  }

  /** A text without the secrets that are known. */
  hide(text: string): string {
    if (this.secrets.size === 0) return text
    this.pattern ??= patternOf([...this.secrets.values()])
    return text.replace(this.pattern, mask)
  }
}

/** What finds secrets, the longest first, however their characters are escaped; of each its forms and what finds them. */
function patternOf(secrets: Map<string, string>[]): RegExp {
  const forms = [...new Map(secrets.flatMap((forms) => [...forms]))].sort(([a], [b]) => b.length - a.length)
  return new RegExp(forms.length > 0 ? forms.map(([, pattern]) => pattern).join("|") : "(?!)", "g")
}

/** Escapes of JSON that are a letter. */
const letters: Record<string, string> = { "\n": "n", "\r": "r", "\t": "t", "\b": "b", "\f": "f" }

/**
 * How a character may be written: itself, with backslashes, by its code after backslashes, or as its bytes in hexadecimal
 * after '%'. Encoders differ in which characters they escape; none escapes ASCII's letters and digits.
 */
function written(character: string): string {
  const known = patterns.get(character) ?? pattern(character)
  patterns.set(character, known)
  return known
}

const patterns = new Map<string, string>()

function pattern(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character
  const itself = character.replace(/[.*+?^${}()|[\]\\/-]/, "\\$&")
  const hexadecimal = (code: string) =>
    code.replace(/[a-f]/gi, (digit) => `[${digit.toLowerCase()}${digit.toUpperCase()}]`)
  const units = character.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"))
  const bytes = [...Buffer.from(character)].map((byte) => byte.toString(16).padStart(2, "0"))
  return `(?:${[
    `\\\\*${itself}`,
    units.map((code) => `\\\\+u${hexadecimal(code)}`).join(""),
    bytes.map((code) => `%${hexadecimal(code)}`).join(""),
    ...(letters[character] ? [`\\\\+${letters[character]}`] : []),
    ...(character === " " ? ["\\+"] : []),
  ].join("|")})`
}

/** The secrets of this process: it carries out one call, but for tests. */
export const secrets = new Mask()
