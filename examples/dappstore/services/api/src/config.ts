// Settings from the environment: the ports, and the database in libpq's own variables.
import { readFileSync } from "node:fs"
import { readFile } from "node:fs/promises"
import type { PoolConfig } from "pg"

export type Config = { port: number; writePort: number; database: PoolConfig }

type Env = Record<string, string | undefined>

const SSL_MODES = ["disable", "require", "verify-full"]

/** Reads all settings; every problem is named in one error. */
export function readConfig(env: Env): Config {
  const problems: string[] = []
  const required = (name: string): string => {
    if (!env[name]) problems.push(`${name} is not set`)
    return env[name] ?? ""
  }
  const port = (name: string, fallback: number): number => {
    const value = Number(env[name] ?? fallback)
    if (!Number.isInteger(value) || value < 0 || value > 65535) problems.push(`${name} is not a port: ${env[name]}`)
    return value
  }
  const config: Config = {
    port: port("PORT", 8080),
    writePort: port("WRITE_PORT", 8081),
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
  // 0 is any free port, and never the same twice.
  if (config.port === config.writePort && config.port !== 0)
    problems.push(`PORT and WRITE_PORT are both ${config.port}: what is public must not be the port that writes`)
  if (!env.PGPASSWORD_FILE && env.PGPASSWORD === undefined) problems.push("PGPASSWORD_FILE or PGPASSWORD is not set")
  if (problems.length > 0) throw new Error(`bad settings in the environment:\n  ${problems.join("\n  ")}`)
  return config
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
