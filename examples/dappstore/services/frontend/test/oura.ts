// Registrations as oura writes them to the topic: a transaction in utxorpc's JSON, sent in version 0 of Kafka's protocol,
// as oura's client does.
import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { crc32 } from "node:zlib"
import { blake2b } from "@noble/hashes/blake2.js"

type Value = string | Value[] | { [key: string]: Value }

/** The names of the fields are in order, and there are texts only: then this is the canonical form that is hashed. */
export function offChain(subject: string, projectName: string) {
  return { categories: ["Games"], link: "https://dapp.example/", projectName, subject, version: "1.0.0" }
}

export function register(subject: string, document: unknown, url: string, action = "REGISTER") {
  const rootHash = Buffer.from(blake2b(Buffer.from(JSON.stringify(document)), { dkLen: 32 })).toString("hex")
  return { subject, rootHash, metadata: url.match(/.{1,64}/g) ?? [], type: { action, comment: "New release." } }
}

/** The message, and its transaction's hash. */
export function message(registration: Value): { bytes: Buffer; txHash: string } {
  const hash = randomBytes(32)
  const transaction = {
    fee: { int: "180000" },
    auxiliary: { metadata: [{ label: "1667", value: metadatum(registration) }] },
    hash: hash.toString("base64"),
  }
  return { bytes: Buffer.from(JSON.stringify(transaction)), txHash: hash.toString("hex") }
}

function metadatum(value: Value): object {
  if (typeof value === "string") return { text: value }
  if (Array.isArray(value)) return { array: { items: value.map(metadatum) } }
  return { map: { pairs: Object.entries(value).map(([key, one]) => ({ key: metadatum(key), value: metadatum(one) })) } }
}

/** Puts messages on the topic's only partition, in this order; waits for a topic that is still being created. */
export async function send(broker: string, topic: string, ...values: Buffer[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    const error = await produce(broker, topic, values)
    if (error === 0) return
    // 3 and 5: the topic is not there yet, or has no leader yet.
    if (![3, 5].includes(error) || tries === 100) throw new Error(`the broker refused the messages: error ${error}`)
    await sleep(100)
  }
}

const int16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255])
const int32 = (value: number) => Buffer.concat([int16(value >> 16), int16(value & 65535)])
const text = (value: string) => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
const sized = (...parts: Buffer[]) => Buffer.concat([int32(Buffer.concat(parts).length), ...parts])

async function produce(broker: string, topic: string, values: Buffer[]): Promise<number> {
  const messages = values.map((value) => {
    const body = Buffer.concat([Buffer.from([0, 0]), int32(-1), sized(value)])
    return Buffer.concat([Buffer.alloc(8), sized(int32(crc32(body) | 0), body)])
  })
  const header = [int16(0), int16(0), int32(1), text("oura")]
  const acknowledgedByLeader = [int16(1), int32(5000)]
  const [host, port] = broker.split(":")
  const socket = connect(Number(port), host)
  socket.write(sized(...header, ...acknowledgedByLeader, int32(1), text(topic), int32(1), int32(0), sized(...messages)))
  const [answer] = (await once(socket, "data")) as [Buffer]
  socket.destroy()
  // Behind size, correlation, number of topics, name, number of partitions and partition.
  return answer.readInt16BE(4 + 4 + 4 + text(topic).length + 4 + 4)
}
