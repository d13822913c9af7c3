// The toolchain's engine itself, in a cache directory of the test's own that borrows the parts built for this checkout.
import { createSocket } from "node:dgram"
import { mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs"
import { createServer } from "node:net"
import { homedir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { temporary } from "../temporary.js"
import { type Result, repository, run, until, write } from "./commands.ts"

const shared = process.env.XDG_CACHE_HOME || join(homedir(), ".cache")
const toolchain = (args: string[], cache: string) =>
  run(join(repository, "toolchain/toolchain"), args, { XDG_CACHE_HOME: cache })

let cache: string
let namespace: string
let socket: string
const close: (() => void)[] = []

beforeAll(async () => {
  expect(await toolchain(["build"], shared)).toMatchObject({ code: 0 })
  cache = temporary("toolchain-engine")
  const parts = join(shared, "wallet-world/parts")
  for (const part of readdirSync(parts)) {
    mkdirSync(join(cache, "wallet-world/parts", part), { recursive: true })
    for (const key of readdirSync(join(parts, part))) {
      symlinkSync(join(parts, part, key), join(cache, "wallet-world/parts", part, key))
    }
  }
  socket = (await toolchain(["socket"], cache)).stdout.trim()
  namespace = `wallet-world-${socket.split("/").at(-2)}`
  await occupyPorts()
})
afterAll(async () => {
  await toolchain(["stop"], cache)
  for (const one of close) one()
  rmSync(cache, { recursive: true, force: true })
})

/** Programs of the host listen on the ports of a registry and of a name server (unless others do already). */
async function occupyPorts() {
  for (const port of [5000, 53]) {
    const server = createServer()
    const names = createSocket("udp4")
    await new Promise((done) => server.once("listening", done).once("error", done).listen(port, "0.0.0.0"))
    await new Promise((done) =>
      names
        .once("listening", () => done(true))
        .once("error", done)
        .bind(port),
    )
    close.push(
      () => server.close(),
      () => names.close(),
    )
  }
}

/** Runs the command line against the engine. */
const dagger = (...args: string[]) =>
  run(
    join(cache, "wallet-world/bin/dagger"),
    args,
    { _EXPERIMENTAL_DAGGER_RUNNER_HOST: socket, DAGGER_NO_NAG: "1", XDG_CACHE_HOME: cache },
    cache,
  )
const container = ["core", "container", "from", "--address"]

/** Runs a command in a container of the engine. */
const inContainer = (image: string, ...command: string[]): Promise<Result> =>
  dagger("--silent", ...container, image, "with-exec", `--args=${command.join(",")}`, "stdout")

/**
 * A client whose service takes no notice when it is asked to end, and comes from a module in TypeScript. It asks for its own
 * name, as the official SDK always does: what the engine answers to that, it cannot write down.
 */
const serviceThatEndsSlowly = () => {
  const module = join(cache, "slow")
  write(join(module, "dagger.json"), '{"name":"slow","engineVersion":"v0.21.8","sdk":{"source":"typescript"}}')
  write(join(module, "package.json"), '{"type":"module"}')
  write(join(module, "tsconfig.json"), '{"compilerOptions":{"experimentalDecorators":true}}')
  write(
    join(module, "src/index.ts"),
    `import { dag, func, object, type Service } from "@dagger.io/dagger"
@object()
export class Slow {
  @func()
  async server(): Promise<Service> {
    await dag.currentModule().name()
    const args = ["sh", "-c", "trap '' TERM; python3 -m http.server 9999; true"]
    return dag.container().from("python:3.13-slim").withExposedPort(9999).asService({ args })
  }
}
`,
  )
  return dagger("-m", module, "call", "server", "up", "--ports=9999:9999")
}

const processes = async () => (await run("ip", ["netns", "pids", namespace], {})).stdout.split("\n").filter(Boolean)
const engines = async () =>
  (await Promise.all((await processes()).map((pid) => run("ps", ["-o", "comm=", "-p", pid], {})))).filter(
    ({ stdout }) => stdout.includes("dagger-engine"),
  )

describe("the engine", () => {
  it("starts once, however many ask for it at once, with ports 5000 and 53 of the host in use", async () => {
    const results = await Promise.all([toolchain(["start"], cache), toolchain(["start"], cache)])
    expect(results.map(({ code }) => code)).toEqual([0, 0])
    expect(await engines()).toHaveLength(1)
    const { code, stdout } = await toolchain(["status"], cache)
    expect(code).toBe(0)
    expect(stdout).toContain(`answers at ${socket}`)
  })

  it("has the base images, names and certificate authorities in its containers", async () => {
    const { code, stdout } = await inContainer(
      "debian:trixie-slim",
      "sh",
      "-c",
      "grep -c BEGIN /etc/ssl/certs/ca-certificates.crt; getent hosts deb.debian.org",
    )
    expect(code).toBe(0)
    expect(Number(stdout.split("\n")[0])).toBeGreaterThan(100)
    expect(stdout).toContain("deb.debian.org")
  })

  it("keeps to itself: nothing of it listens on the host", async () => {
    const pids = await processes()
    const { stdout } = await run("ss", ["-tlnpH"], {})
    for (const pid of pids) expect(stdout).not.toContain(`pid=${pid},`)
  })

  it("keeps what it has cached, although it is stopped while a service is still ending", async () => {
    const made = () => inContainer("debian:trixie-slim", "cat", "/proc/sys/kernel/random/uuid")
    const before = await made()
    expect(before.stdout).toMatch(/^[0-9a-f-]{36}\n?$/)
    const service = serviceThatEndsSlowly()
    await until("the service to run", async () => (await run("ss", ["-tlnH"], {})).stdout.includes(":9999 "))
    service.child.kill("SIGTERM")
    await service
    expect((await toolchain(["stop"], cache)).code).toBe(0)
    expect((await toolchain(["start"], cache)).code).toBe(0)
    expect((await made()).stdout).toBe(before.stdout)
  })

  it("is started anew after it was killed", async () => {
    // One that is gone already, because its parent was killed before it, is what is wanted.
    for (const pid of await processes()) await run("kill", ["-KILL", pid], {})
    await until("all processes to be gone", async () => (await processes()).length === 0)
    expect((await toolchain(["status"], cache)).code).toBe(3)
    expect((await toolchain(["start"], cache)).code).toBe(0)
    expect(await engines()).toHaveLength(1)
  })

  it("is stopped without a trace", async () => {
    expect((await toolchain(["stop"], cache)).code).toBe(0)
    expect((await toolchain(["status"], cache)).code).toBe(3)
    expect((await run("ip", ["netns"], {})).stdout).not.toContain(namespace)
    expect((await run("iptables-save", [], {})).stdout).not.toContain(namespace)
    expect((await toolchain(["stop"], cache)).code).toBe(0)
  })
})
