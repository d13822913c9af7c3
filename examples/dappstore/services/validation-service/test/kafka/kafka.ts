// A real Kafka broker for tests: the one that KAFKA_BROKERS names, else one started here from the jars in KAFKA_JARS.
import { execFileSync, spawn, spawnSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { Admin, Producer } from "@platformatic/kafka"
import { certificate, freePort } from "../postgres.ts"

const JARS = process.env.KAFKA_JARS ?? "/opt/kafka"

/** Why there can be no broker; false when there can. */
export const skip = process.env.KAFKA_BROKERS
  ? false
  : !existsSync(JARS)
    ? `no broker: set KAFKA_BROKERS to host:port, or KAFKA_JARS to a directory with Kafka's jars (${JARS} is not there)`
    : spawnSync("java", ["-version"]).status !== 0 && "no broker: set KAFKA_BROKERS to host:port, or install Java"

/** What is started here can be restarted, and also speaks TLS, with a certificate that is in the file `ca`. */
export type Local = { restart: () => Promise<void>; tlsBrokers: string; ca: string }
export type Kafka = { brokers: string; local?: Local; stop: () => Promise<void> }

export async function startKafka(): Promise<Kafka> {
  if (process.env.KAFKA_BROKERS) return { brokers: process.env.KAFKA_BROKERS, stop: async () => {} }
  const directory = mkdtempSync(join(tmpdir(), "validation-kafka-"))
  const [port, tlsPort, controller] = [await freePort(), await freePort(), await freePort()]
  const escaped = (pem: string) => pem.trim().replaceAll("\n", "\\n")
  const chain = escaped(certificate(directory))
  const key = escaped(readFileSync(join(directory, "server.key"), "utf8"))
  const properties = join(directory, "server.properties")
  // A single node that is broker and controller, as small as it gets. No topic comes into being by itself.
  writeFileSync(
    properties,
    `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controller}
listeners=PLAINTEXT://127.0.0.1:${port},SSL://localhost:${tlsPort},CONTROLLER://127.0.0.1:${controller}
advertised.listeners=PLAINTEXT://127.0.0.1:${port},SSL://localhost:${tlsPort}
controller.listener.names=CONTROLLER
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,SSL:SSL,CONTROLLER:PLAINTEXT
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=${chain}
ssl.keystore.key=${key}
log.dirs=${directory}/log
auto.create.topics.enable=false
num.partitions=4
offsets.topic.replication.factor=1
offsets.topic.num.partitions=1
group.initial.rebalance.delay.ms=0
log.cleaner.dedupe.buffer.size=16777216
`,
  )
  const java = ["-Xmx320m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", `${JARS}/*`]
  const id = randomBytes(16).toString("base64url")
  // As one argument: an id may begin with a hyphen.
  const format = ["kafka.tools.StorageTool", "format", "--config", properties, `--cluster-id=${id}`]
  execFileSync("java", [...java, ...format], { stdio: "pipe" })

  const brokers = `127.0.0.1:${port}`
  const start = () => spawn("java", [...java, "kafka.Kafka", properties], { stdio: "ignore" })
  let broker = start()
  const end = async () => {
    if (broker.exitCode !== null || broker.signalCode !== null) return
    const exited = new Promise((resolve) => broker.once("exit", resolve))
    broker.kill("SIGKILL")
    await exited
  }
  const stop = async () => {
    await end()
    rmSync(directory, { recursive: true, force: true })
  }
  const restart = async () => {
    await end()
    broker = start()
    await untilReady(brokers)
  }
  try {
    await untilReady(brokers)
  } catch (error) {
    await stop()
    throw error
  }
  return { brokers, local: { restart, tlsBrokers: `localhost:${tlsPort}`, ca: join(directory, "server.crt") }, stop }
}

async function untilReady(brokers: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    try {
      return await withAdmin(brokers, async (admin) => void (await admin.listTopics()))
    } catch (error) {
      if (tries === 240) throw error
      await sleep(500)
    }
  }
}

export async function withAdmin<T>(brokers: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Admin({ clientId: "test", bootstrapBrokers: brokers.split(","), retries: 0 })
  try {
    return await use(admin)
  } finally {
    await admin.close()
  }
}

/** Sends messages in this order, to the topic's first partition. */
export async function produce(brokers: string, topic: string, ...values: Uint8Array[]): Promise<void> {
  const producer = new Producer({ clientId: "test", bootstrapBrokers: brokers.split(","), retries: 10 })
  try {
    for (const value of values) await producer.send({ messages: [{ topic, value: Buffer.from(value), partition: 0 }] })
  } finally {
    await producer.close()
  }
}

/** What the group has committed for the topic's first partition: -1 for nothing. */
export async function committed(brokers: string, groupId: string, topic: string): Promise<number> {
  const groups = [{ groupId, topics: [{ name: topic, partitionIndexes: [0] }] }]
  return await withAdmin(brokers, async (admin) => {
    const [group] = await admin.listConsumerGroupOffsets({ groups })
    return Number(group?.topics[0]?.partitions[0]?.committedOffset ?? -1)
  })
}
