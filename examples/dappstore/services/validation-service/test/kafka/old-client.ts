// A message as oura's Kafka client (the crate kafka 0.10) sends it: in version 0 of protocol and format, by hand, since
// no client for Node is as old. A broker before Kafka 4.0 takes it and stores it in today's format.
import { once } from "node:events"
import { connect } from "node:net"
import { crc32 } from "node:zlib"

const int8 = (value: number) => Buffer.from(Int8Array.of(value).buffer)
const int16 = (value: number) => Buffer.from([(value >> 8) & 255, value & 255])
const int32 = (value: number) => Buffer.concat([int16(value >> 16), int16(value & 65535)])
const text = (value: string) => Buffer.concat([int16(Buffer.byteLength(value)), Buffer.from(value)])
const sized = (...parts: Buffer[]) => Buffer.concat([int32(Buffer.concat(parts).length), ...parts])

/** Sends to the topic's first partition; fails unless the broker has taken it. */
export async function produceLikeOura(broker: string, topic: string, value: Uint8Array): Promise<void> {
  const magicAndAttributes = Buffer.concat([int8(0), int8(0)])
  const body = Buffer.concat([magicAndAttributes, int32(-1), sized(Buffer.from(value))])
  const messages = Buffer.concat([Buffer.alloc(8), sized(int32(crc32(body) | 0), body)])
  const header = [int16(0), int16(0), int32(1), text("oura")]
  const acknowledgedByLeader = [int16(1), int32(5000)]
  const socket = connect(Number(broker.split(":")[1]), broker.split(":")[0])
  socket.write(sized(...header, ...acknowledgedByLeader, int32(1), text(topic), int32(1), int32(0), sized(messages)))
  const [answer] = (await once(socket, "data")) as [Buffer]
  socket.destroy()
  // Behind size, correlation, number of topics, name, number of partitions and partition.
  const error = answer.readInt16BE(4 + 4 + 4 + text(topic).length + 4 + 4)
  if (error !== 0) throw new Error(`the broker refused the message with error ${error}`)
}
