// What CIP-72 says of a registration on the chain (its schema 2.0.0, and the parts of version 1 that are in use).
import type { Metadatum } from "./transaction.ts"

export type Claim = {
  action: "REGISTER" | "DE_REGISTER"
  /** In lower case: it is a hexadecimal number. */
  subject: string
  rootHash: string
  /** Any of them has the document. */
  urls: string[]
}

// Version 1 had a signature: not checked, since the transaction is signed.
const FIELDS = ["subject", "rootHash", "metadata", "type", "signature"]
const CHUNK = 64
const SCHEMES = ["https:", "http:", "ipfs:"]
const VERSION =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** The claim as far as it is good, and all that is wrong with it. */
export function readClaim(value: Metadatum): { claim: Partial<Claim>; problems: string[] } {
  const problems: string[] = []
  if (!(value instanceof Map)) return { claim: {}, problems: ["the registration must be a map"] }
  for (const field of value.keys()) if (!FIELDS.includes(field)) problems.push(`${field} is not a field of CIP-72`)
  const action = actionOf(value.get("type"), problems)
  const subject = textOf(value.get("subject"))
  const hash = value.get("rootHash")
  const rootHash = hash instanceof Uint8Array && hash.length === 32 ? Buffer.from(hash).toString("hex") : textOf(hash)
  const claim: Partial<Claim> = { action }
  if (subject !== undefined && /^[0-9a-f]{1,64}$/i.test(subject)) claim.subject = subject.toLowerCase()
  else problems.push("subject must be 1 to 64 hexadecimal digits")
  if (rootHash !== undefined && /^[0-9a-f]{64}$/i.test(rootHash)) claim.rootHash = rootHash.toLowerCase()
  else problems.push("rootHash must be 64 hexadecimal digits")
  claim.urls = urlsOf(value.get("metadata"), problems)
  // Whoever takes a dApp down need not publish a document for that.
  if (action === "REGISTER" && !value.has("metadata")) problems.push("metadata must be a list of addresses")
  return { claim, problems }
}

function actionOf(type: Metadatum | undefined, problems: string[]): Claim["action"] | undefined {
  if (!(type instanceof Map)) {
    problems.push("type must be a map with an action")
    return undefined
  }
  const comment = type.get("comment")
  if (comment !== undefined && !isChunk(comment)) problems.push(`type.comment must be a text of 1 to ${CHUNK} bytes`)
  // In version 1 only.
  const release = type.get("releaseNumber")
  if (release !== undefined && !VERSION.test(textOf(release) ?? ""))
    problems.push("type.releaseNumber must be a semantic version")
  const action = textOf(type.get("action"))
  if (action === "REGISTER" || action === "DE_REGISTER") return action
  problems.push("type.action must be REGISTER or DE_REGISTER")
  return undefined
}

/** A list of chunks: one with a scheme begins an address, the others continue it. In version 1 a list is one address. */
function urlsOf(value: Metadatum | undefined, problems: string[]): string[] {
  if (value === undefined) return []
  const urls: string[] = []
  const entries = Array.isArray(value) ? value : []
  for (const entry of entries) {
    const chunks = Array.isArray(entry) ? entry : [entry]
    if (chunks.length === 0 || !chunks.every(isChunk)) {
      problems.push(`metadata must have texts of 1 to ${CHUNK} bytes, or lists of them`)
      return []
    }
    const text = chunks.map(textOf).join("")
    if (Array.isArray(entry) || urls.length === 0 || /^[a-z][a-z0-9+.-]*:\/\//i.test(text)) urls.push(text)
    else urls[urls.length - 1] += text
  }
  if (urls.length === 0) problems.push("metadata must be a list of addresses")
  for (const url of urls)
    if (!URL.canParse(url) || !SCHEMES.includes(new URL(url).protocol))
      problems.push(`metadata has ${url}, which is not an https or ipfs address`)
  return urls
}

/** The length is counted as the chain counts it: in bytes of UTF-8. */
function isChunk(value: Metadatum): boolean {
  const length = Buffer.byteLength(textOf(value) ?? "")
  return length >= 1 && length <= CHUNK
}

/** CIP-72's grammar has byte strings, its schema texts: both are in use. */
function textOf(value: Metadatum | undefined): string | undefined {
  if (typeof value === "string") return value
  if (!(value instanceof Uint8Array)) return undefined
  const text = Buffer.from(value).toString("utf8")
  return Buffer.from(text).equals(value) ? text : undefined
}
