// A real Postgres for tests: the one that PG* variables name, else one started here from Debian's or the PATH's binaries.
import { execFileSync, spawn } from "node:child_process"
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { delimiter, join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import pg, { type PoolConfig } from "pg"

/** `ca` is the certificate of a server that was started here: it speaks TLS, as localhost. */
export type Postgres = { config: PoolConfig; ca?: string; stop: () => Promise<void> }

const INSTALL =
  "no Postgres for the tests: set PGHOST, PGUSER, PGPASSWORD and PGDATABASE, or apt-get install postgresql"

/** An empty database. stop() ends what was started here. */
export async function startPostgres(): Promise<Postgres> {
  const { PGHOST, PGPORT, PGUSER, PGPASSWORD, PGDATABASE, PGSSLMODE } = process.env
  if (PGHOST) {
    const config = {
      host: PGHOST,
      port: Number(PGPORT ?? 5432),
      user: PGUSER,
      password: PGPASSWORD,
      database: PGDATABASE,
      ssl: PGSSLMODE === "disable" ? false : { rejectUnauthorized: false },
    }
    await withClient(config, (client) => client.query("DROP TABLE IF EXISTS dapps, registrations"))
    return { config, stop: async () => {} }
  }
  return await startLocal(binaries())
}

/** Runs statements as the owner of the database. */
export async function withClient<T>(config: PoolConfig, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(config)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

function binaries(): string {
  const candidates = [
    ...globSync("/usr/lib/postgresql/*/bin").sort().reverse(),
    ...(process.env.PATH ?? "").split(delimiter),
  ]
  const found = candidates.find((dir) => existsSync(join(dir, "initdb")) && existsSync(join(dir, "postgres")))
  if (!found) throw new Error(INSTALL)
  return found
}

async function startLocal(bin: string): Promise<Postgres> {
  const directory = mkdtempSync("/tmp/dapp-store-validation-")
  // Postgres refuses to run as root.
  const user = process.getuid?.() === 0 ? postgresUser() : undefined
  if (user) chownSync(directory, user.uid, user.gid)
  const data = join(directory, "data")
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "owner", "-A", "trust", "-E", "UTF8", "-N"], {
    ...user,
    cwd: directory,
    stdio: "pipe",
  })
  const ca = certificate(data, user)
  const port = await freePort()
  const args = ["-D", data, "-p", String(port), "-h", "localhost", "-k", directory, "-F", "-c", "ssl=on"]
  const server = spawn(join(bin, "postgres"), args, { ...user, cwd: directory, stdio: "ignore" })
  const config: PoolConfig = { host: "127.0.0.1", port, user: "owner", password: "", database: "postgres" }
  const stop = async () => {
    if (server.exitCode === null) {
      const exited = new Promise((resolve) => server.once("exit", resolve))
      server.kill("SIGINT")
      await exited
    }
    rmSync(directory, { recursive: true, force: true })
  }
  for (let tries = 0; ; tries++) {
    try {
      await withClient(config, (client) => client.query("SELECT 1"))
      return { config, ca, stop }
    } catch (error) {
      if (tries === 100 || server.exitCode !== null) {
        await stop()
        throw error
      }
      await sleep(100)
    }
  }
}

/** Puts server.key and server.crt there: a certificate for localhost, signed by itself. */
export function certificate(data: string, user?: object): string {
  const [key, certificate] = [join(data, "server.key"), join(data, "server.crt")]
  const name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
  const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
  execFileSync("openssl", ["req", "-x509", ...curve, ...name, "-keyout", key, "-out", certificate], {
    ...user,
    cwd: data,
    stdio: "pipe",
  })
  return readFileSync(certificate, "utf8")
}

function postgresUser(): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "postgres"], { encoding: "utf8" }))
  return { uid: id("-u"), gid: id("-g") }
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve))
  const { port } = probe.address() as { port: number }
  await new Promise((resolve) => probe.close(resolve))
  return port
}
