// What a secret of Secrets Manager holds: its bytes, or the text of one field, exactly; or an error that shows none of it.
import { LosslessNumber, parse } from "lossless-json"

/** A secret as Secrets Manager answers: one of the two is set. */
export interface Held {
  SecretString?: string
  SecretBinary?: Uint8Array
}

/**
 * The value for one key of a Kubernetes Secret.
 *
 * @param held what Secrets Manager holds
 * @param field a field of the secret's JSON; everything if not given
 * @returns the bytes: those of a binary secret as they are; text, numbers and true or false as they are written
 * @throws when there is no such field, or it has no exact text; the message repeats nothing of the secret
 */
export function bytesOf({ SecretString: text, SecretBinary: binary }: Held, field?: string): Uint8Array {
  if (text === undefined) {
    if (!binary) throw new Error("it holds neither text nor bytes")
    if (field === undefined) return binary
    throw new Error(`it is binary and has no field ${field}: leave \`field\` out to take all of it`)
  }
  return encode(field === undefined ? text : fieldOf(text, field))
}

function fieldOf(text: string, field: string): string {
  const value = objectOf(text)
  const found = Object.hasOwn(value, field) ? value[field] : undefined
  if (found === undefined) throw new Error(`it has no field ${field}: correct the release's \`secrets\``)
  if (typeof found === "string") return found
  if (found instanceof LosslessNumber) return found.value
  if (typeof found === "boolean") return String(found)
  const kind = found === null ? "null" : Array.isArray(found) ? "a list" : "an object"
  throw new Error(`its field ${field} is ${kind}: store text there, or leave \`field\` out to take all of the secret`)
}

function objectOf(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = parse(text)
  } catch {
    // The parser's message would repeat a part of the secret.
    throw new Error("its value is not a JSON object, or has two values for one key")
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof LosslessNumber))
    return value as Record<string, unknown>
  throw new Error("its value is not a JSON object")
}

function encode(text: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text))
    throw new Error("its value is not text: an escape such as \\ud800 is half a character")
  return Buffer.from(text)
}
