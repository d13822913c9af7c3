// Settings from the environment: the port, Kafka, the limits of a download, and the database in libpq's own variables.
import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import type { PoolConfig } from "pg"
import type { Limits } from "./download.ts"

export type KafkaConfig = { brokers: string[]; topic: string; group: string; tls: boolean }
export type Config = { port: number; kafka: KafkaConfig; metadata: Limits; database: PoolConfig }

type Env = Record<string, string | undefined>

const SSL_MODES = ["disable", "require", "verify-full"]

/** Reads all settings; every problem is named in one error. */
export function readConfig(env: Env): Config {
  const problems: string[] = []
  const required = (name: string): string => {
    if (!env[name]) problems.push(`${name} is not set`)
    return env[name] ?? ""
  }
  const integer = (name: string, fallback: number, from: number, to: number): number => {
    // `||`, not `??`: an empty variable is one that is not set, and the text "0" is kept.
    const value = Number(env[name] || fallback)
    if (!Number.isInteger(value) || value < from || value > to)
      problems.push(`${name} is ${env[name]}, must be a whole number from ${from} to ${to}`)
    return value
  }
  const port = (name: string, fallback: number): number => {
    const value = Number(env[name] ?? fallback)
    if (!Number.isInteger(value) || value < 0 || value > 65535) problems.push(`${name} is not a port: ${env[name]}`)
    return value
  }
  const on = (name: string): boolean => {
    const value = env[name] || "off"
    if (value !== "on" && value !== "off") problems.push(`${name} is ${value}, must be on or off`)
    return value === "on"
  }
  const allowPrivate = on("METADATA_ALLOW_PRIVATE")
  const config: Config = {
    port: port("PORT", 8080),
    kafka: {
      brokers: brokers(required("KAFKA_BROKERS"), problems),
      topic: topic(required("KAFKA_TOPIC"), problems),
      group: env.KAFKA_GROUP || "dapps-validation",
      tls: on("KAFKA_TLS"),
    },
    metadata: {
      maxBytes: integer("METADATA_MAX_BYTES", 1024 * 1024, 1, 64 * 1024 * 1024),
      timeoutMs: integer("METADATA_TIMEOUT_MS", 10_000, 1, 60_000),
      maxRedirects: integer("METADATA_MAX_REDIRECTS", 3, 0, 20),
      allowPrivate,
      ipfsGateway: gateway(env.IPFS_GATEWAY, allowPrivate, problems),
    },
    database: {
      host: required("PGHOST"),
      port: port("PGPORT", 5432),
      database: required("PGDATABASE"),
      user: required("PGUSER"),
      password: password(env),
      ssl: ssl(env, problems),
      max: 10,
      connectionTimeoutMillis: 3000,
      query_timeout: 5000,
    },
  }
  if (!env.PGPASSWORD_FILE && env.PGPASSWORD === undefined) problems.push("PGPASSWORD_FILE or PGPASSWORD is not set")
  if (problems.length > 0) throw new Error(`bad settings in the environment:\n  ${problems.join("\n  ")}`)
  return config
}

function brokers(text: string, problems: string[]): string[] {
  const list = text.split(",").map((broker) => broker.trim())
  for (const broker of list) {
    const port = Number(/^[^\s:/]+:([0-9]{1,5})$/.exec(broker)?.[1])
    if (text && !(port > 0 && port <= 65535))
      problems.push(`KAFKA_BROKERS has ${broker || "an empty entry"}, must be host:port`)
  }
  return list
}

/** Kafka's own rule for names. */
function topic(name: string, problems: string[]): string {
  if (name && (!/^[a-zA-Z0-9._-]{1,249}$/.test(name) || name === "." || name === ".."))
    problems.push(`KAFKA_TOPIC is ${name}, must be 1 to 249 of a-z, A-Z, 0-9, ., _ and -`)
  return name
}

function gateway(text: string | undefined, allowHttp: boolean, problems: string[]): string | undefined {
  if (!text) return undefined
  const url = URL.canParse(text) ? new URL(text) : undefined
  const scheme = url?.protocol === "https:" || (allowHttp && url?.protocol === "http:")
  // The value is not shown: it may hold a password or a key.
  if (!url || !scheme || url.search || url.hash || url.username || url.password)
    problems.push("IPFS_GATEWAY must be an https address without user, query and fragment")
  return text.replace(/\/+$/, "")
}

/** A file is read at each new connection, so that a changed password needs no restart. */
function password(env: Env): PoolConfig["password"] {
  const file = env.PGPASSWORD_FILE
  return file ? async () => (await readFile(file, "utf8")).trimEnd() : env.PGPASSWORD
}

/** libpq's meaning: require encrypts without checking the server, verify-full checks certificate and host name. */
function ssl(env: Env, problems: string[]): PoolConfig["ssl"] {
  const mode = env.PGSSLMODE || "require"
  if (!SSL_MODES.includes(mode)) problems.push(`PGSSLMODE is ${mode}, must be one of ${SSL_MODES.join(", ")}`)
  if (mode === "disable") return false
  if (mode === "require") return { rejectUnauthorized: false }
  try {
    return { rejectUnauthorized: true, ca: env.PGSSLROOTCERT ? readFileSync(env.PGSSLROOTCERT, "utf8") : undefined }
  } catch (error) {
    problems.push(`PGSSLROOTCERT cannot be read: ${(error as Error).message}`)
    return false
  }
}
