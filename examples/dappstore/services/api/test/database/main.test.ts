// The whole service as a process: it starts, serves, and stops in good order.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { after, before, test } from "node:test"
import { put } from "../http.ts"
import { type Postgres, startPostgres } from "../postgres.ts"

const main = new URL("../../src/main.ts", import.meta.url).pathname
let postgres: Postgres

before(async () => {
  postgres = await startPostgres()
})
after(() => postgres?.stop())

function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  })
  const lines: string[] = []
  const waiting = new Map<string, (line: string) => void>()
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(line)
    for (const [text, resolve] of waiting) if (line.includes(text)) resolve(line)
  })
  const logged = (text: string) =>
    new Promise<string>((resolve) => {
      const seen = lines.find((line) => line.includes(text))
      if (seen) resolve(seen)
      else waiting.set(text, resolve)
    })
  return { child, lines, logged }
}

const settings = () => {
  const { host, port, user, password, database } = postgres.config
  return {
    PORT: "0",
    WRITE_PORT: "0",
    PGHOST: `${host}`,
    PGPORT: `${port}`,
    PGUSER: `${user}`,
    PGPASSWORD: `${password}`,
    PGDATABASE: `${database}`,
    PGSSLMODE: (process.env.PGHOST && process.env.PGSSLMODE) || "disable",
  }
}

test("starts, serves, and on SIGTERM ends with 0", { timeout: 30_000 }, async () => {
  const service = start(settings())
  const urlOf = async (serves: string) => {
    const { address } = JSON.parse(await service.logged(`"serves":"${serves}"`)) as { address: { port: number } }
    return `http://127.0.0.1:${address.port}`
  }
  await service.logged("database ready")
  const [url, writeUrl] = [await urlOf("reading"), await urlOf("writing")]
  assert.equal((await fetch(`${url}/health`)).status, 200)
  assert.equal((await put(`${url}/dapps/process`, { name: "Process" })).status, 405)
  assert.ok((await put(`${writeUrl}/dapps/process`, { name: "Process" })).ok)
  service.child.kill("SIGTERM")
  const [code] = await once(service.child, "exit")
  assert.equal(code, 0)
  assert.match(service.lines.at(-1) ?? "", /stopped/)
})

test("without a database it waits, and still stops at once", { timeout: 30_000 }, async () => {
  const service = start({ ...settings(), PGPORT: "1", PGPASSWORD: "very-secret" })
  await service.logged("database not ready")
  service.child.kill("SIGTERM")
  const [code] = await once(service.child, "exit")
  assert.equal(code, 0)
  assert.doesNotMatch(service.lines.join("\n"), /very-secret/)
})

test("bad settings end it with a message", { timeout: 30_000 }, async () => {
  const service = start({ PORT: "x" })
  const [code] = await once(service.child, "exit")
  assert.equal(code, 1)
  assert.match(service.lines.join("\n"), /PORT is not a port.*PGHOST is not set/s)
})
