// The whole service as a process: it starts, serves, and stops in good order.
import assert from "node:assert/strict"
import { spawn } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { after, before, test } from "node:test"
import { type Neighbours, skip, startNeighbours, write } from "../neighbours.ts"

const main = new URL("../../src/main.ts", import.meta.url).pathname
let neighbours: Neighbours
before(async () => {
  if (!skip) neighbours = await startNeighbours()
})
after(() => neighbours?.stop())

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

test("starts, serves, and on SIGTERM ends with 0", { timeout: 30_000, skip }, async () => {
  await write(neighbours.apiWriteUrl, { x: { name: "Process" } })
  const service = start({ PORT: "0", API_URL: neighbours.apiUrl })
  const { address } = JSON.parse(await service.logged("listening")) as { address: { port: number } }
  const url = `http://127.0.0.1:${address.port}`
  assert.equal((await fetch(`${url}/health`)).status, 200)
  assert.match(await (await fetch(`${url}/dapps/x`)).text(), /Process/)
  service.child.kill("SIGTERM")
  const [code] = await once(service.child, "exit")
  assert.equal(code, 0)
  assert.match(service.lines.join("\n"), /"route":"\/dapps\/:id"/)
  assert.match(service.lines.at(-1) ?? "", /stopped/)
})

test("without an API it runs, and still stops at once", { timeout: 30_000 }, async () => {
  const service = start({ PORT: "0", API_URL: "http://127.0.0.1:1" })
  await service.logged("listening")
  service.child.kill("SIGTERM")
  const [code] = await once(service.child, "exit")
  assert.equal(code, 0)
})

test("bad settings end it with a message", { timeout: 30_000 }, async () => {
  const service = start({ PORT: "x" })
  const [code] = await once(service.child, "exit")
  assert.equal(code, 1)
  assert.match(service.lines.join("\n"), /PORT is not a port.*API_URL is not set/s)
})
