// What a person sees of a call. The command line is a program that writes what dagger's would, in its plain format.
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { Checkout, type Running, until, write } from "./commands.ts"

let checkout: Checkout
let env: Record<string, string>

beforeEach(() => {
  checkout = new Checkout()
  env = { _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://h:1", WALLET_WORLD_SANDBOX: "off" }
  dagger("")
})

/** A command line that shows some progress, then does what the script says. */
function dagger(script: string): void {
  write(
    join(checkout.programs, "dagger"),
    `#!${process.execPath}
if (process.argv[2] === "version") { console.log("dagger v0.21.8 (test) linux/amd64"); process.exit() }
const say = (text) => process.stderr.write(text)
const colour = (code, text) => process.env.NO_COLOR ? text : "\\x1b[" + code + "m" + text + "\\x1b[0m"
say("10:00:00 WRN failed to parse git remote URL err=x\\n")
for (let n = 1; n < 300; n++) say(colour(95, "12  : ") + "container.withExec(args: [...]) DONE\\n")
say(colour(95, "15  : ") + "┆ " + colour(90, "[1.2s] |") + " ==> preview-dev on the sandbox\\n")
say("15  : ┆ [1.3s] | npm warn a warning of a tool\\n")
say("15  : ┆ [1.4s] | ==> infra:acc")
say("ount: create (never applied)\\n")
${script}
`,
    0o755,
  )
}

const failure = `say("16  : deploy ERROR\\n16  : ! release x failed\\n\\nError: INSTALLATION FAILED\\n17  : connect DONE\\n\\nError: preview-dev on the sandbox\\n\\nfailed: release:x\\n\\nError: of Helm\\n"); process.exitCode = 1`
const logs = () => {
  const directory = join(checkout.cache, "wallet-world/calls")
  return readdirSync(directory).map((name) => join(directory, name))
}

describe("a call", () => {
  it("shows what the module says, and where all else is", async () => {
    dagger('console.log("the result")')
    const { code, stdout, stderr } = await checkout.daggerw(["call", "deploy", "--env", "x"], env)
    expect({ code, stdout }).toEqual({ code: 0, stdout: "the result\n" })
    const [log] = logs()
    expect(stderr.replace(/\[\d:\d\d\]/g, "[0:00]").split("\n")).toEqual([
      "daggerw: engine tcp://h:1, as _EXPERIMENTAL_DAGGER_RUNNER_HOST says",
      `daggerw: everything that is printed goes to ${log}`,
      "[0:00] preview-dev on the sandbox",
      "[0:00] infra:account: create (never applied)",
      "",
    ])
    expect(readFileSync(log, "utf8")).toContain("npm warn a warning of a tool")
    expect(readFileSync(log, "utf8")).not.toContain("\x1b")
    expect(statSync(log).mode & 0o777).toBe(0o600)
  })

  it("that fails ends with the whole error, nothing of the progress before it, and names the file again", async () => {
    dagger(failure)
    const { code, stdout, stderr } = await checkout.daggerw(["call", "deploy", "--env", "x"], env)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    const [log] = logs()
    expect(stderr).toContain(
      `\n\nError: preview-dev on the sandbox\n\nfailed: release:x\n\nError: of Helm\ndaggerw: everything that was printed: ${log}\n`,
    )
    expect(stderr).not.toContain("INSTALLATION FAILED")
  })

  it("that fails without an error shows the last lines", async () => {
    dagger('say("no space left on device\\n"); process.exitCode = 3')
    const { code, stderr } = await checkout.daggerw(["call", "deploy", "--env", "x"], env)
    expect(code).toBe(3)
    expect(stderr).toMatch(/dagger ended with 3; its last lines:\n(.*\n)*no space left on device\n/)
  })

  it("hands over what stands in its standard input, and data as it is", async () => {
    dagger("process.stdin.pipe(process.stdout)")
    const script = `printf 'a\\0b' | "${checkout.directory}/daggerw" call lock --env x | od -c`
    const out = execFileSync("bash", ["-c", script], { env: checkout.environment(env), encoding: "utf8" })
    expect(out).toMatch(/^0000000 +a +\\0 +b\n/)
  })

  it.each(["SIGINT", "SIGTERM"] as const)("ends with dagger when it gets %s", async (signal) => {
    dagger(
      `process.on("${signal}", () => { say("\\nError: canceled\\n"); process.exit(2) }); setTimeout(() => {}, 60_000)`,
    )
    const running: Running = checkout.daggerw(["call", "deploy", "--env", "x"], env)
    let shown = ""
    running.child.stderr?.on("data", (chunk) => {
      shown += chunk
    })
    await until("the first line", () => shown.includes("infra:account"))
    running.child.kill(signal)
    const { code, stderr } = await running
    expect(code).toBe(2)
    expect(stderr).toContain("Error: canceled")
  })

  it("keeps the files of the last calls only", async () => {
    for (let n = 10; n < 60; n++) write(join(checkout.cache, `wallet-world/calls/202601${n}.log`), "")
    await checkout.daggerw(["call", "environments"], env)
    expect(logs().length).toBe(40)
    expect(logs().join()).not.toContain("20260110.log")
  })

  it("of help shows help and nothing else", async () => {
    // Dagger's headings are bold, whatever it is told.
    dagger('console.log("\\x1b[1mUSAGE\\x1b[0m")')
    const { stdout, stderr } = await checkout.daggerw(["call", "deploy", "--help"], env)
    expect(stdout).toBe("USAGE\n")
    expect(stderr).not.toContain("goes to")
  })
})

describe("who asks for more gets it", () => {
  it.each([
    [["--progress=plain", "call", "deploy"], {}],
    [["--progress", "plain", "call", "deploy"], {}],
    [["call", "deploy"], { DAGGER_PROGRESS: "plain" }],
    [["call", "-v", "deploy"], {}],
    [["functions"], {}],
  ])("%j %j: everything, at once", async (args, more) => {
    const { stderr } = await checkout.daggerw(args, { ...env, ...more })
    expect(stderr).toContain("npm warn a warning of a tool")
    expect(stderr).not.toContain("goes to")
    // Nobody reads colours in a file.
    expect(stderr).not.toContain("\x1b")
  })
})

describe("on GitHub", () => {
  const github = () => ({ ...env, GITHUB_ACTIONS: "true" })

  it("the progress is a group, and the result stands below it", async () => {
    dagger('console.log("the result")')
    const script = `exec "${checkout.directory}/daggerw" call deploy --env x 2>&1`
    const out = execFileSync("bash", ["-c", script], { env: checkout.environment(github()), encoding: "utf8" })
    expect(out).toMatch(/\n::group::daggerw call deploy --env x\n\[.*\n\[.*\n::endgroup::\nthe result\n$/)
  })

  it("a failure shows everything in a group of its own: the machine's files are gone then", async () => {
    dagger(failure)
    const { code, stderr } = await checkout.daggerw(["call", "deploy", "--env", "x"], github())
    expect(code).toBe(1)
    expect(stderr).toMatch(/::endgroup::\n\nError: preview-dev[\s\S]+\n::group::everything that was printed\n/)
    expect(stderr).toMatch(/npm warn a warning of a tool[\s\S]+\n::endgroup::\n$/)
  })
})

describe("on a terminal", () => {
  /** What a terminal gets. */
  const terminal = (more: Record<string, string>, command = "call deploy --env x") =>
    execFileSync("script", ["-qec", `${checkout.directory}/daggerw ${command}`, "/dev/null"], {
      env: checkout.environment({ ...env, TERM: "xterm", ...more }),
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    })

  it("dagger's own display is used where it has one", () => {
    dagger("say(String(process.stderr.isTTY) + String(process.env.DAGGER_PROGRESS))")
    expect(terminal({})).toContain("trueundefined")
  })

  it("the toolchain's has none: the short one, or plain where that is asked for", () => {
    dagger("say(String(process.env.DAGGER_PROGRESS))")
    const path = join(checkout.programs, "dagger")
    write(join(checkout.cache, "wallet-world/bin/dagger"), readFileSync(path, "utf8"), 0o755)
    write(path, "#!/bin/bash\nexit 1\n", 0o755)
    expect(terminal({})).not.toContain("npm warn")
    expect(terminal({})).toContain("infra:account: create (never applied)")
    expect(terminal({}, "--progress=plain call deploy")).toContain("npm warn")
    expect(terminal({}, "functions")).toContain("plain")
  })
})

describe("while the sandbox starts", () => {
  const log = () =>
    write(
      join(checkout.cache, "log"),
      "\x1b[95m12  : \x1b[0m\x1b[90m|\x1b[0m ==> the sandbox: 3 of 9 programs made, kubernetes under way, about 4:10 left\n\x1b[95m58  : \x1b[0m\x1b[90;2m┆ \x1b[0m\x1b[90m[2m58s] \x1b[0m\x1b[90m|\x1b[0m go: downloading golang.org/x/text v0.28.0\n",
    )
  const script = (commands: string) =>
    `say() { echo "daggerw: $*" >&2; }; . ${checkout.directory}/host/display.sh; . ${checkout.directory}/host/sandbox.sh
sandbox_log=${log()}; ${commands}`
  const waiting = [0, 7, 20, 33, 41].map((n) => `show_waiting ${n} "waited ${n} s$(sandbox_progress)"`).join("; ")

  it("a line every 20 s says what is made, how much of it and how long still, without escape codes", () => {
    const command = ["-c", script(`${waiting}; end_waiting`)]
    const shown = execFileSync("bash", ["-c", 'bash "$@" 2>&1', "bash", ...command], { encoding: "utf8" })
    expect(shown.split("\n")).toEqual([
      "daggerw: waited 20 s: 3 of 9 programs made, kubernetes under way, about 4:10 left",
      "daggerw: waited 41 s: 3 of 9 programs made, kubernetes under way, about 4:10 left",
      "",
    ])
  })

  it("on a terminal the line is written over, and fits", () => {
    const file = write(join(checkout.cache, "script"), script(`COLUMNS=40; ${waiting}; end_waiting; echo ready`))
    const shown = execFileSync("script", ["-qec", `bash --norc ${file}`, "/dev/null"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, TERM: "xterm" },
    })
    const lines = shown.replaceAll("\x1b[K", "").trim().split("\r")
    expect(lines.slice(0, 5).map((line) => line.slice(0, 20))).toEqual([
      "daggerw: waited 0 s:",
      "daggerw: waited 7 s:",
      "daggerw: waited 20 s",
      "daggerw: waited 33 s",
      "daggerw: waited 41 s",
    ])
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(40)
    expect(lines.at(-1)).toBe("ready")
  })
})
