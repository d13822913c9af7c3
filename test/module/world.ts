// What the tests of the module stand on: the wrapper, the kept sandbox, and bare clients from outside of it.
import { execFile, execFileSync, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs"
import http from "node:http"
import https from "node:https"
import { join, resolve } from "node:path"
import { once } from "../temporary.js"

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

/** Where a call is made: the caller's directory, and the variables that `env://` finds. */
export interface Place {
  cwd: string
  env: Record<string, string | undefined>
}

/** Runs `./daggerw call ARGS…` as a person would; elsewhere than in the checkout with the checkout as the module (`-m`). */
export const daggerw = (args: string[], { cwd = root, env }: Partial<Place> = {}): Promise<Ended> =>
  command(join(root, "daggerw"), ["--progress=plain", ...(cwd === root ? [] : ["-m", root]), "call", ...args], {
    cwd,
    env,
  })

/**
 * Makes a call like {@link daggerw}, in this process where that reaches the engine's network: a start of the module's runtime
 * takes two seconds. Of each function at least one test uses `daggerw`.
 */
export async function callIn(place: Place, args: string[]): Promise<Ended> {
  if (!kept) sandboxPort()
  if (!kept || kept.inside !== kept.outside) return daggerw(args, place)
  const { callInProcess } = await import("./in-process.js")
  return callInProcess(args, place, kept.options)
}

/** Makes a call in the checkout. */
export const call = (...args: string[]): Promise<Ended> => callIn({ cwd: root, env: {} }, args)

/** What a call returned; fails with everything that it printed when it failed. */
export function returned({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`the call ended with ${code}\n${stdout}\n${stderr.slice(-20_000)}`)
  return stdout
}

/** Makes a call in the checkout, which must succeed. */
export const succeed = async (...args: string[]): Promise<string> => returned(await call(...args))

/**
 * Applies what environments share where that was never applied. What is there is left alone: an apply always runs OpenTofu, and
 * another test that looks while that writes would find a change.
 */
export async function ensureShared(scope: "account" | "cluster"): Promise<void> {
  const infra = ["infra", "--env", "preview-nightly", "--scope", scope, "--action"]
  const { code } = await call(...infra, "outputs")
  if (code !== 0) await succeed(...infra, "apply")
}

/** The sandbox that is kept for this checkout. */
interface Kept {
  port: number
  /** Where it is in the engine's network. */
  inside: string
  /** Where this machine reaches it: at the same address where there is a route, else through the engine's tunnel. */
  outside: string
  /** What `./daggerw` gives to a call beside the caller's own options. */
  options: Record<string, string>
}

let kept: Kept | undefined

/** The port of the sandbox that is kept for this checkout, starting it where it does not run. */
export function sandboxPort(): number {
  execFileSync(join(root, "daggerw"), ["sandbox", "start"], { stdio: "ignore" })
  const status = execFileSync(join(root, "daggerw"), ["sandbox", "status"], { encoding: "utf8" })
  const [, inside, port] = /^inside +(\S+):(\d+)$/m.exec(status) ?? []
  if (!port) throw new Error(`daggerw sandbox status does not say where it is in the engine's network: ${status}`)
  const ready = ["--fail", "--silent", "--noproxy", "*", "--max-time", "2", `http://${inside}:${port}/ready`]
  const outside = spawnSync("curl", ready).status === 0 ? inside : "localhost"
  const options: Record<string, string> = { sandbox: `${inside}:${port}` }
  const [, programs] = /^programs +(\S+)$/m.exec(status) ?? []
  if (programs) options["kept-programs"] = programs
  const mirror = process.env.WALLET_WORLD_PROVIDER_MIRROR ?? "/opt/tf-plugins"
  if (mirror && existsSync(mirror)) options["provider-mirror"] = mirror
  kept = { port: Number(port), inside, outside, options }
  return kept.port
}

/** Where the sandbox is in the engine's network: what a call gets as `--sandbox`. */
export const sandboxInside = (): string => kept?.options.sandbox ?? ""

/** Where this machine reaches it. */
export const sandboxAddress = (): string => kept?.outside ?? "localhost"

/** A command line tool of the pipeline, on the host. */
export async function tool(name: string): Promise<string> {
  const path = join(root, "test/.tools", name)
  await once(path, async () => {
    mkdirSync(join(root, "test/.tools"), { recursive: true })
    returned(await daggerw(["tool", "--name", name, "export", "--path", `${path}.partial`]))
    renameSync(`${path}.partial`, path)
  })
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
  const plain = { host: sandboxAddress(), port, path, method, headers: { ...headers, host } }
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
