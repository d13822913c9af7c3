// What the tests of the module stand on: the wrapper, the kept sandbox, and bare clients from outside of it.
import { execFile, execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import http from "node:http"
import https from "node:https"
import { join, resolve } from "node:path"

/** The checkout. */
export const root = resolve(import.meta.dirname, "../..")

/** What a command printed, and how it ended. */
export interface Ended {
  code: number
  stdout: string
  stderr: string
}

/** Runs a command and waits for its end, however it ends. */
export function command(program: string, args: string[], options: { cwd?: string; env?: object } = {}): Promise<Ended> {
  const env = { ...process.env, ...options.env }
  return new Promise((done) => {
    execFile(program, args, { cwd: options.cwd ?? root, env, maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
      const code = error ? (typeof error.code === "number" ? error.code : 1) : 0
      done({ code, stdout, stderr })
    })
  })
}

/** Runs `./daggerw call ARGS…` as a person would. */
export const call = (...args: string[]): Promise<Ended> =>
  command(join(root, "daggerw"), ["--progress=plain", "call", ...args])

/** Runs `./daggerw call ARGS…` and fails with everything that it printed when it fails. */
export async function succeed(...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await call(...args)
  if (code !== 0)
    throw new Error(`daggerw call ${args.join(" ")} ended with ${code}\n${stdout}\n${stderr.slice(-20_000)}`)
  return stdout
}

/** The port of the sandbox that is kept for this checkout, starting it where it does not run. */
export function sandboxPort(): number {
  execFileSync(join(root, "daggerw"), ["sandbox", "start"], { stdio: "ignore" })
  const status = execFileSync(join(root, "daggerw"), ["sandbox", "status"], { encoding: "utf8" })
  const [, inside, port] = /^inside +(\S+):(\d+)$/m.exec(status) ?? []
  if (!port) throw new Error(`daggerw sandbox status does not say where it is in the engine's network: ${status}`)
  const ready = ["--fail", "--silent", "--noproxy", "*", "--max-time", "2", `http://${inside}:${port}/ready`]
  const hasRoute = spawnSync("curl", ready).status === 0
  addresses.set(Number(port), { inside, outside: hasRoute ? inside : "localhost" })
  return Number(port)
}

const addresses = new Map<number, { inside: string; outside: string }>()

/** Where the sandbox of a port is in the engine's network: what a call gets as `--sandbox`. */
export const insideOf = (port: number): string => `${addresses.get(port)?.inside}:${port}`

/** Where this machine reaches it: at the same address where there is a route, else through the engine's tunnel. */
export const addressOf = (port: number): string => addresses.get(port)?.outside ?? "localhost"

/** A command line tool of the pipeline, on the host. */
export async function tool(name: string): Promise<string> {
  const path = join(root, "test/.tools", name)
  if (!existsSync(path)) {
    mkdirSync(join(root, "test/.tools"), { recursive: true })
    await succeed("tool", "--name", name, "export", "--path", path)
  }
  return path
}

/** An answer of an HTTP server. */
export interface Answer {
  status: number
  headers: http.IncomingHttpHeaders
  text: string
}

/** One request to the sandbox's port, under any of its host names; its AWS names are asked with TLS, as they demand. */
export async function request(
  port: number,
  host: string,
  path: string,
  options: { method?: string; headers?: http.OutgoingHttpHeaders; body?: string } = {},
): Promise<Answer> {
  const { method = "GET", headers = {}, body } = options
  const plain = { host: addressOf(port), port, path, method, headers: { ...headers, host } }
  const servername = host.split(":")[0]
  const ca = servername.endsWith(".sandbox.test") ? (await request(port, "localhost", "/ca.crt")).text : undefined
  return new Promise((done, fail) => {
    const answered = (response: http.IncomingMessage) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
      })
      response.on("end", () => done({ status: response.statusCode ?? 0, headers: response.headers, text }))
    }
    const sent = ca ? https.request({ ...plain, ca, servername }, answered) : http.request(plain, answered)
    sent.on("error", fail)
    sent.end(body)
  })
}

/** Writes a file of a test, making its directory. */
export function write(path: string, text: string): void {
  mkdirSync(resolve(path, ".."), { recursive: true })
  writeFileSync(path, text)
}
