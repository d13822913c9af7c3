// Messages as oura's Kafka sink writes them: a transaction in utxorpc's JSON, and documents that CIP-72 describes.
import { randomBytes } from "node:crypto"
import { rootHash } from "../src/canonical.ts"

type Value = string | number | Uint8Array | Value[] | { [key: string]: Value }

/** Protobuf's JSON: numbers of 64 bits are texts, bytes are base64, and what is empty is left out. */
export function metadatum(value: Value): object {
  if (typeof value === "string") return { text: value }
  if (typeof value === "number") return { int: `${value}` }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString("base64") }
  if (Array.isArray(value)) return { array: value.length > 0 ? { items: value.map(metadatum) } : {} }
  const pairs = Object.entries(value).map(([key, inner]) => ({ key: metadatum(key), value: metadatum(inner) }))
  return { map: pairs.length > 0 ? { pairs } : {} }
}

export const newHash = () => randomBytes(32)

/** Beside the registration, what a transaction has anyway. */
export function transaction(registration?: Value, hash: Uint8Array = newHash()) {
  const metadata = [
    { label: "674", value: metadatum({ msg: ["hello"] }) },
    ...(registration === undefined ? [] : [{ label: "1667", value: metadatum(registration) }]),
  ]
  return {
    inputs: [{ txHash: Buffer.from(newHash()).toString("base64"), outputIndex: 1 }],
    outputs: [{ address: "AAEC", coin: { int: "2000000" }, datum: {} }],
    fee: { int: "180000" },
    validity: { ttl: "101517287" },
    successful: true,
    auxiliary: { metadata },
    hash: Buffer.from(hash).toString("base64"),
  }
}

export const bytesOf = (json: unknown) => Buffer.from(JSON.stringify(json))

export const newSubject = () => randomBytes(16).toString("hex")

/** The off-chain document of a dApp. */
export function offChain(subject: string, projectName = "My dApp") {
  return {
    version: "1.0.0",
    subject,
    projectName,
    link: "https://www.exampledapp.com",
    categories: ["DeFi", "Games"],
    social: [{ name: "GitHub", link: "https://github.com/exampledapp" }],
  }
}

/** A registration of a document, its address in chunks of 64 as the chain wants them. */
export function register(subject: string, document: unknown, url: string, action = "REGISTER") {
  return {
    subject,
    rootHash: rootHash(document),
    metadata: url.match(/.{1,64}/g) ?? [],
    type: { action, comment: "New release." },
  }
}
