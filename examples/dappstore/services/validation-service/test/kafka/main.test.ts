// The whole service as a process, between a real broker, a real Postgres and a server with documents.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { createInterface } from "node:readline"
import { after, afterEach, before, beforeEach, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { listen, type Running } from "../http.ts"
import { bytesOf, newHash, newSubject, offChain, register, transaction } from "../oura.ts"
import { type Postgres, startPostgres, withClient } from "../postgres.ts"
import { Gate } from "./gate.ts"
import { committed, type Kafka, produce, skip, startKafka, withAdmin } from "./kafka.ts"
import { produceLikeOura } from "./old-client.ts"

const main = new URL("../../src/main.ts", import.meta.url).pathname
const options = { skip, timeout: 90_000 }
const documents = new Map<string, unknown>()
const GROUP = "dapps-validation"
let postgres: Postgres
let kafka: Kafka
let gate: Gate
let web: Running
let topic: string
let service: Service

type Service = Awaited<ReturnType<typeof start>>

before(async () => {
  if (skip) return
  postgres = await startPostgres()
  kafka = await startKafka()
  gate = new Gate(`${postgres.config.host}`, Number(postgres.config.port))
  await gate.open()
  web = await listen(
    createServer((request, response) => {
      const document = documents.get(request.url ?? "")
      if (request.url === "/silent") return
      response.writeHead(document ? 200 : 404).end(JSON.stringify(document))
    }),
  )
})
after(async () => {
  await web?.stop()
  await gate?.close()
  await kafka?.stop()
  await postgres?.stop()
})
beforeEach(() => {
  topic = `dapps-${newSubject()}`
})
// In good order: the group would wait for a member that just vanishes.
afterEach(async () => {
  if (service?.child.exitCode === null) await service.stop()
})

async function start(env: Record<string, string> = {}) {
  const { user, password, database } = postgres.config
  const child = spawn(process.execPath, [main], {
    env: {
      PATH: process.env.PATH,
      PORT: "0",
      KAFKA_BROKERS: kafka.brokers,
      KAFKA_TOPIC: topic,
      METADATA_TIMEOUT_MS: "500",
      METADATA_ALLOW_PRIVATE: "on",
      PGHOST: "127.0.0.1",
      PGPORT: `${gate.port}`,
      PGUSER: `${user}`,
      PGPASSWORD: `${password}`,
      PGDATABASE: `${database}`,
      PGSSLMODE: (process.env.PGHOST && process.env.PGSSLMODE) || "disable",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines: string[] = []
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line))
  const logged = (text: string) => until(() => lines.find((line) => line.includes(text)))
  const { address } = JSON.parse(await logged('"listening"')) as { address: { port: number } }
  const url = `http://127.0.0.1:${address.port}`
  const stop = async () => {
    child.kill("SIGTERM")
    const [code] = await once(child, "exit")
    return code
  }
  return { child, lines, logged, url, stop }
}

async function until<T>(get: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (;;) {
    const value = await get()
    if (value !== undefined && value !== null && value !== false) return value
    await sleep(50)
  }
}

const query = (text: string, ...values: unknown[]) =>
  withClient(postgres.config, async (client) => (await client.query(text, values)).rows)
const dapp = async (subject: string) => (await query("SELECT document FROM dapps WHERE id = $1", subject))[0]?.document
const rows = (subject: string) => query("SELECT * FROM registrations WHERE subject = $1 ORDER BY id", subject)
const createTopic = () => withAdmin(kafka.brokers, (admin) => admin.createTopics({ topics: [topic], partitions: 1 }))

/** A dApp whose document is published, and the message with its registration. */
function publish(name: string, subject = newSubject()) {
  const document = offChain(subject, name)
  const path = `/${newSubject()}`
  documents.set(path, document)
  return { subject, document, message: bytesOf(transaction(register(subject, document, web.url + path))) }
}

test("creates the topic, checks what comes, and shows it", options, async () => {
  service = await start()
  await service.logged("topic created")
  await service.logged("joined the group")
  const partitions = await withAdmin(kafka.brokers, async (admin) =>
    (await admin.metadata({ topics: [topic] })).topics.get(topic),
  )
  assert.equal(partitions?.partitionsCount, 1)
  assert.equal((await fetch(`${service.url}/health`)).status, 200)

  const { subject, document, message } = publish("First")
  await produce(kafka.brokers, topic, message)
  assert.deepEqual(await until(() => dapp(subject)), { ...document, name: "First", url: document.link })
  const { registrations } = (await (await fetch(`${service.url}/registrations?limit=1`)).json()) as {
    registrations: { subject: string; status: string }[]
  }
  assert.deepEqual(
    registrations.map(({ subject, status }) => [subject, status]),
    [[subject, "valid"]],
  )
  await until(async () => (await committed(kafka.brokers, GROUP, topic)) === 1)

  const metrics = async () => await (await fetch(`${service.url}/metrics`)).text()
  assert.match(await metrics(), /registrations_total\{status="valid"\} 1/)
  await until(async () => /kafka_consumer_lag\{partition="0"\} 0/.test(await metrics()))
  assert.equal(await service.stop(), 0)
  assert.match(service.lines.at(-1) ?? "", /stopped/)
})

test("whatever a message is, the next one is processed, and each is recorded once", options, async () => {
  await createTopic()
  service = await start()
  const { subject, message } = publish("Good")
  const last = publish("Last")
  const bad = newSubject()
  const forged = register(bad, { subject: bad }, web.url + [...documents.keys()][0])
  const silent = newSubject()
  const storable = publish("Not \u0000 storable")
  const away = register(silent, offChain(silent), `${web.url}/silent`)
  const poison = Buffer.from(`{"broken ${newSubject()}`)
  const hash = newHash()
  await produce(
    kafka.brokers,
    topic,
    poison,
    Buffer.alloc(0),
    bytesOf(transaction()),
    bytesOf(transaction({ subject: bad, type: {} }, hash)),
    bytesOf(transaction(forged)),
    storable.message,
    bytesOf(transaction(away)),
    message,
    message,
    poison,
    last.message,
  )
  await until(() => dapp(last.subject))
  assert.equal((await rows(subject)).length, 1)
  assert.deepEqual(
    (await rows(bad)).map(({ status, reasons }) => [status, reasons.length]),
    [
      ["invalid", 2],
      ["invalid", 1],
    ],
  )
  assert.match((await rows(bad))[1].reasons[0], /not the rootHash/)
  assert.match((await rows(storable.subject))[0].reasons[0], /cannot be stored/)
  const [unreachable] = await rows(silent)
  assert.equal(unreachable.status, "unreachable")
  assert.ok(unreachable.next_attempt_at > new Date())
  const poisoned = await query("SELECT reasons FROM registrations WHERE tx_hash IS NULL")
  assert.equal(poisoned.length, 2)
  assert.match(poisoned[0].reasons[0], /cannot be read/)
  const metrics = await (await fetch(`${service.url}/metrics`)).text()
  for (const count of ['valid"} 2', 'invalid"} 5', 'unreachable"} 1', 'known"} 2', 'other"} 1'])
    assert.ok(metrics.includes(`registrations_total{status="${count}`), count)
})

test("a message in the old format of oura's client", options, async () => {
  await createTopic()
  service = await start()
  const { subject, message } = publish("Old")
  await produceLikeOura(kafka.brokers.split(",")[0] ?? "", topic, message)
  await until(() => dapp(subject))
})

test("registered again and taken down", options, async () => {
  await createTopic()
  service = await start()
  const first = publish("First")
  const second = publish("Second", first.subject)
  await produce(kafka.brokers, topic, first.message, second.message)
  await until(async () => (await dapp(first.subject))?.name === "Second")
  const { metadata: _, ...down } = register(first.subject, second.document, "https://x.example/", "DE_REGISTER")
  await produce(kafka.brokers, topic, bytesOf({ event: "apply", point: { slot: 7 }, record: transaction(down) }))
  await until(async () => !(await dapp(first.subject)))
  assert.deepEqual(
    (await rows(first.subject)).map(({ action, status }) => [action, status]),
    [
      ["REGISTER", "valid"],
      ["REGISTER", "valid"],
      ["DE_REGISTER", "valid"],
    ],
  )
})

test("without its database it waits and commits nothing; then all is there", options, async () => {
  await createTopic()
  service = await start()
  await service.logged("joined the group")
  const before = publish("Before")
  await produce(kafka.brokers, topic, before.message)
  await until(async () => (await committed(kafka.brokers, GROUP, topic)) === 1)

  await gate.close()
  const [one, two] = [publish("One"), publish("Two")]
  await produce(kafka.brokers, topic, one.message, two.message)
  await service.logged("the topic waits")
  const health = await fetch(`${service.url}/health`)
  assert.equal(health.status, 503)
  assert.match(await health.text(), /database: /)
  assert.equal(await committed(kafka.brokers, GROUP, topic), 1)

  // Even a pod that is stopped meanwhile loses nothing.
  assert.equal(await service.stop(), 0)
  assert.equal(await committed(kafka.brokers, GROUP, topic), 1)
  service = await start()
  await service.logged("database not ready")
  await gate.open()
  await until(() => dapp(two.subject))
  assert.equal((await dapp(one.subject)).name, "One")
  await until(async () => (await committed(kafka.brokers, GROUP, topic)) === 3)
  assert.equal((await rows(before.subject)).length, 1)
})

test("a broker that goes away and comes back is joined again", { ...options, timeout: 180_000 }, async (t) => {
  if (!kafka.local) return t.skip("KAFKA_BROKERS is set: only a broker that is started here can be restarted")
  await createTopic()
  service = await start()
  const [one, two] = [publish("One"), publish("Two")]
  await produce(kafka.brokers, topic, one.message)
  await until(() => dapp(one.subject))
  await kafka.local.restart()
  await produce(kafka.brokers, topic, two.message)
  await until(() => dapp(two.subject))
  await until(async () => (await fetch(`${service.url}/health`)).status === 200)
  assert.equal((await rows(one.subject)).length, 1)
  assert.equal(await service.stop(), 0)
})

test("without a broker it lives, is not healthy, and still stops at once", options, async () => {
  service = await start({ KAFKA_BROKERS: "127.0.0.1:1" })
  await service.logged("consumer not ready")
  assert.equal((await fetch(`${service.url}/live`)).status, 200)
  assert.match(await (await fetch(`${service.url}/health`)).text(), /kafka: the consumer has not joined/)
  assert.equal(await service.stop(), 0)
})

test("with TLS it takes the right certificate only", options, async (t) => {
  if (!kafka.local) return t.skip("KAFKA_BROKERS is set: only a broker that is started here has a known certificate")
  const { tlsBrokers, ca } = kafka.local
  const env = { KAFKA_BROKERS: tlsBrokers, KAFKA_TLS: "on" }
  await createTopic()
  service = await start(env)
  assert.match(await service.logged("consumer not ready"), /self-signed certificate/)
  assert.equal(await service.stop(), 0)
  service = await start({ ...env, NODE_EXTRA_CA_CERTS: ca })
  const { subject, message } = publish("Encrypted")
  await produce(kafka.brokers, topic, message)
  await until(() => dapp(subject))
})
