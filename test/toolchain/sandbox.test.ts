// The kept sandbox: here a small web server that the command line of the test starts in place of the real one.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { targetFunctions } from "../target-functions.ts"
import { Checkout, until, write } from "./commands.ts"

let checkout: Checkout
let env: Record<string, string>

beforeEach(() => {
  checkout = new Checkout()
  checkout.dagger()
  env = { _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://h:1" }
  stub(`
    require("node:fs").appendFileSync("${checkout.directory}/starts", process.argv.slice(1).join(" ") + "\\n")
    setTimeout(() => require("node:http").createServer((request, response) => response.end('{"address":"10.87.0.12","parts":{},"ready":true}')).listen(port), 700)`)
})
afterEach(async () => {
  await checkout.daggerw(["sandbox", "stop"], env)
})

/** What 'dagger call sandbox-service --port PORT up --ports PORT:8442' is to do. */
const stub = (script: string) =>
  write(
    join(checkout.programs, "sandbox-stub"),
    `#!${process.execPath}\nconst port = Number(process.argv[process.argv.indexOf("--port") + 1])\n${script}\n`,
    0o755,
  )
const starts = () => readFileSync(join(checkout.directory, "starts"), "utf8").trim().split("\n")
const portOf = (output: string) =>
  Number(/--sandbox=10\.87\.0\.12:(\d+)/.exec(output)?.[1] ?? /localhost:(\d+)/.exec(output)?.[1])
const deploy = () => checkout.daggerw(["call", "deploy", "--env", "x"], env)

describe("a call that needs a target", () => {
  it.each(targetFunctions)("%s gets the sandbox, which is started", async (name) => {
    const { code, stdout } = await checkout.daggerw(["call", name, "--env", "x"], env)
    expect(code).toBe(0)
    const port = portOf(stdout)
    expect(port).toBeGreaterThanOrEqual(8443)
    expect(stdout).toContain(`<call><--sandbox=10.87.0.12:${port}><${name}><--env><x>`)
    expect(starts()[0]).toContain(`call sandbox-service --port ${port} up --ports ${port}:8442`)
  })

  it.each([
    [["call", "environments"]],
    [["call", "build", "--service", "api"]],
    [["call", "pin-images"]],
    [["call", "--sandbox", "10.87.0.9:1", "deploy"]],
    [["call", "--sandbox=10.87.0.9:1", "deploy"]],
    [["call", "--aws-credentials", "env://X", "deploy"]],
    [["call", "deploy", "--confirm", "--sandbox=10.87.0.9:1"]],
    [["call", "deploy", "--help"]],
  ])("%j does without", async (args) => {
    const { stdout } = await checkout.daggerw(args, env)
    expect(stdout).toContain(args.map((one) => `<${one}>`).join(""))
    expect(existsSync(join(checkout.directory, "starts"))).toBe(false)
  })

  it("gets none when WALLET_WORLD_SANDBOX is off, and one even with credentials when it is always", async () => {
    const off = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX: "off" })
    expect(off.stdout).toContain("<call><deploy>")
    const always = { ...env, WALLET_WORLD_SANDBOX: "always" }
    const { stdout } = await checkout.daggerw(["call", "--aws-credentials=env://X", "deploy"], always)
    expect(stdout).toMatch(/<call><--sandbox=10\.87\.0\.12:\d+><--aws-credentials=env:\/\/X><deploy>/)
    const misspelt = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX: "of" })
    expect(misspelt).toMatchObject({ code: 1, stdout: "" })
    expect(misspelt.stderr).toContain("WALLET_WORLD_SANDBOX is 'of'; it can be on, off, always or a port")
    const { stdout: status } = await checkout.daggerw(["sandbox", "status"], env)
    const other = new Checkout()
    other.dagger()
    const met = await other.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX: String(portOf(status)) })
    expect(met.stdout).toContain(`<--sandbox=10.87.0.12:${portOf(status)}>`)
    const absent = await other.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX: "1" })
    expect(absent.stderr).toContain("no sandbox answers at port 1, which WALLET_WORLD_SANDBOX names")
  })

  it("goes to its own address when the engine's tunnel to it is stuck, and says so", async () => {
    stub(`
      require("node:http").createServer((request, response) => {
        if (!require("node:fs").existsSync("${checkout.directory}/stuck"))
          response.end('{"address":"10.87.0.12","parts":{},"ready":true}')
      }).listen(port)`)
    const port = portOf((await deploy()).stdout)
    write(join(checkout.directory, "stuck"), "")
    for (const WALLET_WORLD_SANDBOX of ["on", String(port)]) {
      const { stdout, stderr } = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX })
      expect(stdout).toContain(`<--sandbox=10.87.0.12:${port}>`)
      expect(stderr).toContain(`http://localhost:${port} does not answer, so the engine's tunnel is stuck`)
    }
    await checkout.daggerw(["sandbox", "stop"], env)
    const gone = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX: String(port) })
    expect(gone.stderr).toContain(`no sandbox answers at port ${port}`)
  })

  it("does not take another program that answers for the sandbox", async () => {
    stub(`require("node:http").createServer((request, response) => response.end("hello")).listen(port)`)
    const { code, stderr } = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX_TIMEOUT: "3" })
    expect(code).toBe(1)
    expect(stderr).toContain("the sandbox was not ready after 3 seconds")
  })

  it("meets the sandbox of the call before; two at once start one", async () => {
    const outputs = await Promise.all([deploy(), deploy()])
    outputs.push(await deploy())
    expect(new Set(outputs.map(({ stdout }) => portOf(stdout))).size).toBe(1)
    expect(starts()).toHaveLength(1)
  })

  it("fails when the sandbox ends before it is ready, and shows why", async () => {
    stub('console.log("etcd is unwell"); process.exit(1)')
    const { code, stdout, stderr } = await deploy()
    expect(code).toBe(1)
    expect(stdout).toBe("")
    expect(stderr).toContain("etcd is unwell")
    expect(stderr).toContain("the sandbox exited before it was ready")
  })

  it("does not wait for ever", async () => {
    stub("setTimeout(() => {}, 600_000)")
    const { code, stderr } = await checkout.daggerw(["call", "deploy"], { ...env, WALLET_WORLD_SANDBOX_TIMEOUT: "2" })
    expect(code).toBe(1)
    expect(stderr).toContain("the sandbox was not ready after 2 seconds")
    expect((await checkout.daggerw(["sandbox", "status"], env)).stdout).toBe("the sandbox is not running\n")
  })
})

describe("daggerw sandbox", () => {
  it("start, status, reset and stop", async () => {
    const started = await checkout.daggerw(["sandbox", "start"], env)
    expect(started.stdout).toMatch(
      /^address {2}http:\/\/localhost:\d+\nsince .*\nlog .*\ninside {3}10\.87\.0\.12:\d+\nparts {4}\{.*"ready":true\}/,
    )
    expect((await checkout.daggerw(["sandbox", "status"], env)).code).toBe(0)
    expect((await checkout.daggerw(["sandbox", "reset"], env)).code).toBe(0)
    expect(starts()).toHaveLength(2)
    expect((await checkout.daggerw(["sandbox", "stop"], env)).code).toBe(0)
    const stopped = await checkout.daggerw(["sandbox", "status"], env)
    expect(stopped).toMatchObject({ code: 3, stdout: "the sandbox is not running\n" })
    await expect(fetch(`http://localhost:${portOf(started.stdout)}/ready`)).rejects.toThrow()
  })

  it("takes the next port when one is in use", async () => {
    const { stdout } = await checkout.daggerw(["sandbox", "start"], env)
    const other = new Checkout()
    other.dagger()
    write(join(other.programs, "sandbox-stub"), readFileSync(join(checkout.programs, "sandbox-stub"), "utf8"), 0o755)
    try {
      const second = await other.daggerw(["sandbox", "start"], env)
      expect(portOf(second.stdout)).toBeGreaterThan(portOf(stdout))
    } finally {
      await other.daggerw(["sandbox", "stop"], env)
    }
  })

  it("two checkouts that start at once take two ports", async () => {
    const other = new Checkout(checkout.cache)
    other.dagger()
    write(join(other.programs, "sandbox-stub"), readFileSync(join(checkout.programs, "sandbox-stub"), "utf8"), 0o755)
    try {
      const both = await Promise.all([checkout, other].map((one) => one.daggerw(["sandbox", "start"], env)))
      const [one, two] = both.map(({ stdout }) => portOf(stdout))
      expect(one).toBeGreaterThanOrEqual(8443)
      expect(two).toBeGreaterThanOrEqual(8443)
      expect(one).not.toBe(two)
    } finally {
      await other.daggerw(["sandbox", "stop"], env)
    }
  })

  it("is not confused by a process id that now belongs to another program", async () => {
    await checkout.daggerw(["sandbox", "start"], env)
    const kept = join(checkout.cache, "wallet-world/sandbox")
    const file = join(kept, readdirSync(kept).find((name) => !name.includes(".")) ?? "", "process")
    const [pid, ...rest] = readFileSync(file, "utf8").split("\n")
    process.kill(Number(pid), "SIGKILL")
    await until("the sandbox to be gone", () => !existsSync(`/proc/${pid}`))
    writeFileSync(file, [process.pid, ...rest].join("\n"))
    expect((await checkout.daggerw(["sandbox", "status"], env)).code).toBe(3)
    expect((await checkout.daggerw(["sandbox", "stop"], env)).stderr).toContain("the sandbox is not running")
    expect((await deploy()).code).toBe(0)
    expect(starts()).toHaveLength(2)
  })

  it("refuses what it does not know", async () => {
    expect(await checkout.daggerw(["sandbox", "sing"], env)).toMatchObject({ code: 1 })
  })
})
