// A registry where the toolchain's engine finds it as it would one on the Internet, by a name and a port: on its own loopback.
import { execFileSync, spawn } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporary } from "../temporary.js"
import { command, type Ended, root, tool } from "./world.js"

const toolchain = join(root, "toolchain/toolchain")

/** Whether the engine of daggerw is the toolchain's: only its network can be entered from here. */
export function engineIsOurs(): boolean {
  try {
    return /^engine .* answers at /m.test(execFileSync(toolchain, ["status"], { encoding: "utf8" }))
  } catch {
    return false
  }
}

/** A running registry without login, empty at first. */
export class EngineRegistry {
  readonly #directory = temporary("registry")
  #process?: ReturnType<typeof spawn>
  readonly host = "127.0.0.1:5001"

  /** Starts it and waits until it answers. */
  async start(): Promise<void> {
    const config = join(this.#directory, "config.yml")
    writeFileSync(
      config,
      `version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: ${this.#directory}/data } }
http: { addr: ${this.host} }
`,
    )
    const [program] = execFileSync("bash", ["-c", `ls -d ${partsOf()}/registry/*/root/usr/local/bin/registry`], {
      encoding: "utf8",
    }).split("\n")
    const [enter, ...args] = [...entering(), program, "serve", config]
    this.#process = spawn(enter, args, { stdio: "ignore", env: { ...process.env, OTEL_TRACES_EXPORTER: "none" } })
    for (let tries = 0; (await this.crane("catalog", this.host)).code !== 0; tries++) {
      if (tries > 50) throw new Error(`no registry answers at ${this.host} in the engine's network`)
      await new Promise((done) => setTimeout(done, 200))
    }
  }

  /** Runs crane in the engine's network. */
  async crane(...args: string[]): Promise<Ended> {
    const [enter, ...rest] = [...entering(), await tool("crane"), "--insecure", ...args]
    return command(enter, rest)
  }

  stop(): void {
    this.#process?.kill()
    rmSync(this.#directory, { recursive: true, force: true })
  }
}

/** The command that enters the engine's network namespace, which has the name of its socket's directory. */
function entering(): string[] {
  const socket = execFileSync(toolchain, ["socket"], { encoding: "utf8" }).trim()
  const [, id] = /\/([0-9a-f]+)\/engine\.sock$/.exec(socket) ?? []
  return ["nsenter", `--net=/run/netns/wallet-world-${id}`]
}

/** Where the toolchain keeps what it has built. */
const partsOf = (): string =>
  join(process.env.XDG_CACHE_HOME ?? join(String(process.env.HOME), ".cache"), "wallet-world/parts")
