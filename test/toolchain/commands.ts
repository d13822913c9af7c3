// Runs the wrapper and the toolchain as a person would, with a cache directory, programs and recipes made for a test.
import { type ChildProcess, spawn } from "node:child_process"
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { afterEach } from "vitest"
import { temporary as newDirectory } from "../temporary.js"

export const repository = join(import.meta.dirname, "../..")
const remove: string[] = []

afterEach(() => {
  for (const directory of remove.splice(0)) rmSync(directory, { recursive: true, force: true })
})

/** A directory that is removed after the test. */
export function temporary(): string {
  const directory = newDirectory("toolchain")
  remove.push(directory)
  return directory
}

/** Writes a file, and the directories above it. */
export function write(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, text, { mode })
  return path
}

export interface Result {
  code: number | null
  stdout: string
  stderr: string
}

export interface Running extends Promise<Result> {
  child: ChildProcess
}

/** Starts a command with no other environment than the given one and the system's PATH. */
export function run(command: string, args: string[], env: Record<string, string>, cwd = repository): Running {
  const child = spawn(command, args, {
    cwd,
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", HOME: process.env.HOME ?? "/root", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  })
  const result = new Promise<Result>((resolve, reject) => {
    let stdout = ""
    let stderr = ""
    child.stdout?.on("data", (chunk) => {
      stdout += chunk
    })
    child.stderr?.on("data", (chunk) => {
      stderr += chunk
    })
    child.on("error", reject)
    child.on("exit", (code) => setTimeout(() => resolve({ code, stdout, stderr }), 20))
  })
  return Object.assign(result, { child })
}

/** Waits until the condition holds; fails after a minute. */
export async function until(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`waited a minute for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** A copy of the wrapper whose toolchain only says what it was asked, beside programs that stand in for those of a machine. */
export class Checkout {
  readonly directory = temporary()
  readonly programs = temporary()

  /** @param cache the directory that it keeps things in; that of another checkout, to share it */
  constructor(readonly cache = temporary()) {
    for (const path of ["daggerw", "host", "toolchain/versions.env"]) {
      cpSync(join(repository, path), join(this.directory, path), { recursive: true })
    }
    write(join(this.directory, "dagger.json"), '{ "name": "wallet-world" }')
    write(
      join(this.directory, "toolchain/toolchain"),
      `#!/bin/bash\necho "toolchain $*" >>"${this.directory}/asked"\nif [ "$1" = socket ]; then echo unix:///run/test.sock; fi\n`,
      0o755,
    )
    this.program("sudo", "exit 1")
  }

  /** A program in the PATH of this machine. */
  program(name: string, script: string): string {
    return write(join(this.programs, name), `#!/bin/bash\n${script}\n`, 0o755)
  }

  /** The command line in the PATH: it says its version, else its arguments and the engine that it is to use. */
  dagger(version = "v0.21.8", path = join(this.programs, "dagger")): string {
    return write(path, daggerScript(version), 0o755)
  }

  daggerw(args: string[], env: Record<string, string> = {}, cwd = this.directory): Running {
    return run(join(this.directory, "daggerw"), args, this.environment(env), cwd)
  }

  environment(env: Record<string, string>): Record<string, string> {
    return {
      PATH: `${this.programs}:/usr/sbin:/usr/bin:/sbin:/bin`,
      XDG_CACHE_HOME: this.cache,
      WALLET_WORLD_PROVIDER_MIRROR: "",
      ...env,
    }
  }
}

/** A program that behaves as the command line does where the wrapper looks. */
export const daggerScript = (version: string) => `#!/bin/bash
if [ "$1" = version ]; then echo "dagger ${version} (test) linux/amd64"; exit; fi
case " $* " in *" sandbox-service "*) exec "$(dirname "$0")/sandbox-stub" "$@" ;; esac
echo "engine \${_EXPERIMENTAL_DAGGER_RUNNER_HOST:-none} nag $DAGGER_NO_NAG track $DO_NOT_TRACK"
printf '<%s>' "$@"
echo
`
