// The front end's real neighbours: those that API_URL and VALIDATION_URL name, else processes of the services beside this
// one, with a Postgres and a Kafka broker as their own tests start them.
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { networkInterfaces } from "node:os"
import { createInterface } from "node:readline"
import { setTimeout as sleep } from "node:timers/promises"

export type Neighbours = {
  apiUrl: string
  /** Where the API takes dApps. */
  apiWriteUrl: string
  /** Only with Kafka. */
  validationUrl: string
  brokers: string
  topic: string
  /** This machine's address for the validation service, which fetches documents from here. */
  address: string
  stop: () => Promise<void>
}

type Stop = () => Promise<unknown>
type Config = { host: string; port: number; user: string; password: string; database: string }

const beside = (path: string) => new URL(`../../${path}`, import.meta.url)

/** Why there can be no neighbours; false when there can. */
export const skip =
  !process.env.API_URL &&
  !existsSync(beside("api/node_modules")) &&
  "no neighbours: set API_URL, or run `npm ci` in services/api and services/validation-service"

/** Why registrations cannot be tried; false when they can. */
export const skipRegistrations: string | false =
  skip ||
  (process.env.VALIDATION_URL ? false : (await import(beside("validation-service/test/kafka/kafka.ts").href)).skip)

/** The API, and the validation service with its broker where `kafka` says so, all in good health. */
export async function startNeighbours({ kafka = false } = {}): Promise<Neighbours> {
  const { API_URL, API_WRITE_URL, VALIDATION_URL, KAFKA_BROKERS, KAFKA_TOPIC } = process.env
  if (!API_URL) return await startHere(kafka)
  if (!API_WRITE_URL || !VALIDATION_URL || !KAFKA_BROKERS || !KAFKA_TOPIC)
    throw new Error("with API_URL, set API_WRITE_URL, VALIDATION_URL, KAFKA_BROKERS and KAFKA_TOPIC, too")
  await Promise.all([API_URL, VALIDATION_URL].map(healthy))
  const outside = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  const address = outside.find(({ internal, family }) => !internal && family === "IPv4")?.address ?? "127.0.0.1"
  const urls = { apiUrl: API_URL, apiWriteUrl: API_WRITE_URL, validationUrl: VALIDATION_URL }
  return { ...urls, brokers: KAFKA_BROKERS, topic: KAFKA_TOPIC, address, stop: async () => {} }
}

async function startHere(withKafka: boolean): Promise<Neighbours> {
  const stops: Stop[] = []
  const stop = async () => {
    for (const each of stops.reverse()) await each()
  }
  try {
    const { startPostgres } = await import(beside("api/test/postgres.ts").href)
    const postgres: { config: Config; stop: Stop } = await startPostgres()
    stops.push(postgres.stop)
    const { host, port, user, password, database } = postgres.config
    const settings = {
      PORT: "0",
      WRITE_PORT: "0",
      PGHOST: host,
      PGPORT: `${port}`,
      PGUSER: user,
      PGPASSWORD: password,
      PGDATABASE: database,
      PGSSLMODE: "disable",
    }
    const api = start("api", settings, stops)
    const [apiUrl, apiWriteUrl] = [await api('"serves":"reading"'), await api('"serves":"writing"')]
    await healthy(apiUrl)
    const found = { apiUrl, apiWriteUrl, topic: "test", address: "127.0.0.1", stop }
    if (!withKafka) return { ...found, validationUrl: "", brokers: "" }
    const { startKafka } = await import(beside("validation-service/test/kafka/kafka.ts").href)
    const { brokers, stop: stopKafka }: { brokers: string; stop: Stop } = await startKafka()
    stops.push(stopKafka)
    const kafka = { KAFKA_BROKERS: brokers, KAFKA_TOPIC: found.topic, METADATA_ALLOW_PRIVATE: "on" }
    const validationUrl = await start("validation-service", { ...settings, ...kafka }, stops)('"listening"')
    await healthy(validationUrl)
    return { ...found, validationUrl, brokers }
  } catch (error) {
    await stop()
    throw error
  }
}

/** A process of a service; what it returns finds the address in the line of its log that contains a text. */
function start(service: string, env: Record<string, string>, stops: Stop[]): (text: string) => Promise<string> {
  const child: ChildProcess = spawn(process.execPath, [beside(`${service}/src/main.ts`).pathname], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines: string[] = []
  if (child.stdout) createInterface({ input: child.stdout }).on("line", (line) => lines.push(line))
  stops.push(async () => {
    if (child.exitCode !== null) return
    child.kill("SIGTERM")
    await once(child, "exit")
  })
  return async (text) => {
    for (let tries = 0; ; tries++) {
      const line = lines.find((one) => one.includes(text))
      if (line) return `http://127.0.0.1:${JSON.parse(line).address.port}`
      if (child.exitCode !== null || tries === 3000)
        throw new Error(`${service} does not say ${text}:\n${lines.join("\n")}`)
      await sleep(20)
    }
  }
}

async function healthy(url: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const last = await fetch(`${url}/health`)
      .then(async (response) => (response.ok ? undefined : await response.text()))
      .catch((error) => String(error.cause ?? error))
    if (last === undefined) return
    if (tries === 600) throw new Error(`${url} is not healthy: ${last}`)
    await sleep(100)
  }
}

/** Writes dApps into the store. */
export async function write(apiWriteUrl: string, documents: Record<string, unknown>): Promise<void> {
  await forEach(Object.entries(documents), async ([id, document]) => {
    const response = await fetch(`${apiWriteUrl}/dapps/${id}`, { method: "PUT", body: JSON.stringify(document) })
    if (!response.ok) throw new Error(`${id} was not written: ${await response.text()}`)
  })
}

/** Takes all dApps out of the store. */
export async function clear({ apiUrl, apiWriteUrl }: Neighbours): Promise<void> {
  for (;;) {
    const page = await (await fetch(`${apiUrl}/dapps?limit=500`)).json()
    const { dapps, next } = page as { dapps: { id: string }[]; next: string | null }
    await forEach(dapps, ({ id }) => fetch(`${apiWriteUrl}/dapps/${id}`, { method: "DELETE" }))
    if (!next) return
  }
}

/** Some at a time: all at once would be more connections than a machine permits. */
async function forEach<T>(values: T[], use: (value: T) => Promise<unknown>): Promise<void> {
  const rest = [...values]
  const work = async () => {
    for (let value = rest.shift(); value !== undefined; value = rest.shift()) await use(value)
  }
  await Promise.all(Array.from({ length: 10 }, work))
}
