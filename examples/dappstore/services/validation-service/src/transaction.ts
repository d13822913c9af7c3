// A message of oura: a transaction in utxorpc's JSON, bare or in oura's event envelope.
import { blake2b256 } from "./canonical.ts"

export const LABEL = "1667"

/** Transaction metadata: maps have texts as keys, and bytes are bytes. */
export type Metadatum = string | bigint | Uint8Array | Metadatum[] | Map<string, Metadatum>

export type Message = {
  /** What is the same when the same message comes again: the transaction's hash, else that of the message. */
  key: string
  event: "apply" | "undo" | "reset"
  txHash?: string
  slot?: number
  /** What is below the label; absent if nothing is. */
  registration?: Metadatum
  /** Why the message cannot be understood; empty when it can. */
  problems: string[]
}

type Json = Record<string, unknown>

/** Never fails: what is wrong with a message is part of the result. */
export function readMessage(bytes: Uint8Array): Message {
  const message: Message = { key: `message-${blake2b256(bytes)}`, event: "apply", problems: [] }
  try {
    read(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)), message)
  } catch (error) {
    message.problems.push(`the message cannot be read: ${(error as Error).message}`)
  }
  return message
}

function read(json: unknown, message: Message): void {
  if (!isObject(json)) throw new Error("it is not a JSON object")
  let transaction: unknown = json
  // The Kafka sink sends the record alone; sinks that keep the envelope tell what happened where.
  if (json.event === "apply" || json.event === "undo" || json.event === "reset") {
    message.event = json.event
    message.slot = slotOf(json.point)
    if (message.event === "reset") return
    transaction = json.record
  }
  if (!isObject(transaction)) throw new Error("there is no transaction in it")
  if (typeof transaction.hex === "string")
    throw new Error("the transaction is not decoded: oura's filters need SplitBlock and ParseCbor")
  message.txHash = hashOf(transaction.hash)
  message.key = message.txHash
  const entries = isObject(transaction.auxiliary) ? list(transaction.auxiliary.metadata) : []
  const entry = entries.find((entry) => isObject(entry) && String(entry.label) === LABEL) as Json | undefined
  if (entry) message.registration = metadatum(entry.value)
}

function slotOf(point: unknown): number | undefined {
  const slot = isObject(point) ? Number(point.slot ?? Number.NaN) : Number.NaN
  return Number.isSafeInteger(slot) && slot >= 0 ? slot : undefined
}

/** Bytes are base64 in protobuf's JSON; 64 hexadecimal digits are taken for what they look like. */
function hashOf(hash: unknown): string {
  if (typeof hash === "string") {
    if (/^[0-9a-f]{64}$/i.test(hash)) return hash.toLowerCase()
    const bytes = Buffer.from(hash, "base64")
    if (bytes.length === 32) return bytes.toString("hex")
  }
  throw new Error("the transaction has no hash of 32 bytes")
}

/** Protobuf's JSON leaves out what is empty, and writes numbers of 64 bits as text. */
function metadatum(json: unknown): Metadatum {
  if (isObject(json)) {
    if (typeof json.text === "string") return json.text
    if (typeof json.bytes === "string") return Buffer.from(json.bytes, "base64")
    if (typeof json.int === "string" || typeof json.int === "number") return BigInt(json.int)
    if (isObject(json.array)) return list(json.array.items).map(metadatum)
    if (isObject(json.map)) return map(list(json.map.pairs))
  }
  throw new Error(`below label ${LABEL} is a value that is neither map, array, int, bytes nor text`)
}

function map(pairs: unknown[]): Map<string, Metadatum> {
  const entries = new Map<string, Metadatum>()
  for (const pair of pairs) {
    const key = isObject(pair) ? metadatum(pair.key) : undefined
    if (typeof key !== "string") throw new Error(`a map below label ${LABEL} has a key that is not text`)
    if (entries.has(key)) throw new Error(`a map below label ${LABEL} has ${key} twice`)
    entries.set(key, metadatum((pair as Json).value))
  }
  return entries
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
