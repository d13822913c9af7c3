// Runs one command of a tool in its container and turns a failure into an error that says what the tool said.
//
// The engine writes what a command prints into its trace, and so into the logs of whoever calls. Here it goes to files in
// the container instead: it is data, and it may hold what is secret.
import { type Container, ReturnType } from "@dagger.io/dagger"
import { formsOf, secrets } from "../model/index.js"
import { fresh } from "./nonce.js"
import { reasonOf, say } from "./say.js"
import { secret } from "./secrets.js"

/** What a command printed and left behind. */
export interface Done {
  stdout: string
  stderr: string
  /** The container after the command: what it wrote is there for the next one. */
  box: Container
}

/** The same of a command that may have failed. */
export interface Ended extends Done {
  code: number
}

const quietly = "/run/quietly"

/** Where, in the container after a command, that stands which the command printed to its standard output. */
export const printed = `${quietly}/stdout`

/**
 * Runs a command that has an effect or reads what may have changed: never out of the engine's cache. What it prints does
 * not appear in the engine's trace.
 *
 * @param box the container
 * @param command the command and its arguments
 * @throws with what it printed, and the command's first words, when it fails
 */
export async function run(box: Container, command: string[]): Promise<Done> {
  return succeeded(command, await ended(fresh(box), command))
}

/** The same for a command that must not be run twice: each run of it is one more revision, and one more run of its hooks. */
export async function runOnce(box: Container, command: string[]): Promise<Done> {
  return succeeded(command, await printing(fresh(box), command))
}

/**
 * Runs commands whose results depend on the container alone: out of the engine's cache where they ran before. They run one after
 * the other in one container, because each request to the engine takes a tenth of a second. Otherwise as {@link run}.
 *
 * @param box the container
 * @param commands the commands; one that begins with `sh` says itself what is wrong
 * @returns what the last one printed
 * @throws with what the first one that fails printed
 */
export async function cachedInTurn(box: Container, commands: string[][]): Promise<Done> {
  const lines = commands.map((command) => `step ${command.map(quoted).join(" ")}`)
  const done = await ended(box.withNewFile("/run/in-turn", [stepScript, ...lines].join("\n")), ["sh", "/run/in-turn"])
  if (done.code !== 0) throw new Error(secrets.hide(done.stderr.trim()))
  return done
}

/** What a command printed that is not the last one is nobody's. */
const stepScript = `
step() {
  : >${quietly}/stdout
  said=$("$@" 2>&1 >${quietly}/stdout) && return
  code=$?
  case $1 in sh) ;; *) printf '%s %s: ' "$1" "$2" >&2 ;; esac
  printf '%s\\n' "\${said:-exit code $code}" >&2
  exit 1
}`

const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`

/**
 * Runs a command to its end, out of the engine's cache where it ran before.
 *
 * @param box the container
 * @param command the command and its arguments
 * @returns its exit code, and what it printed, whatever the code
 */
export async function ended(box: Container, command: string[]): Promise<Ended> {
  return inEngine(box, (from) => printing(from, command))
}

async function printing(box: Container, command: string[]): Promise<Ended> {
  const script = `#!/bin/sh\nmkdir -p ${quietly} && exec "$@" >${quietly}/stdout 2>${quietly}/stderr\n`
  const done = box
    .withNewFile("/usr/local/bin/quietly", script, { permissions: 0o755 })
    .withExec(["quietly", ...command], { expect: ReturnType.Any })
  const file = (name: string) => done.file(`${quietly}/${name}`).contents()
  const [code, stdout, stderr] = await Promise.all([done.exitCode(), file("stdout"), file("stderr")])
  return { code, stdout, stderr, box: done }
}

/**
 * Runs a command, and runs it once more where the engine could not take its container away, which had gone by itself: the
 * engine then takes the command for failed, however it ended.
 */
async function inEngine(box: Container, work: (from: Container) => Promise<Ended>): Promise<Ended> {
  try {
    return await work(box)
  } catch (error) {
    if (!/cleanup failed: .*container does not exist/.test(reasonOf(error))) throw error
    say("the engine lost a container at its end: running its command once more")
    return work(fresh(box))
  }
}

/**
 * Runs a long command as {@link run} does, but shows what it prints while it works. The engine takes the given secrets out
 * of it, in the forms in which they may be printed.
 *
 * @param box the container
 * @param command the command and its arguments; it prints no data
 * @param known what the container knows that is secret
 */
export async function show(box: Container, command: string[], known: string[]): Promise<Done> {
  const forms = [...new Set(known.flatMap(formsOf))]
  const guarded = forms.reduce(
    (to, form, index) => to.withMountedSecret(`/run/target/known/${index}`, secret(form)),
    fresh(box),
  )
  const shown = await inEngine(guarded, async (from) => {
    const done = from.withExec(command, { expect: ReturnType.Any })
    const [code, stdout, stderr] = await Promise.all([done.exitCode(), done.stdout(), done.stderr()])
    return { code, stdout, stderr, box: done }
  })
  return succeeded(command, shown)
}

function succeeded(command: string[], { code, ...done }: Ended): Done {
  if (code === 0) return done
  const said = (done.stderr || done.stdout).trim() || `exit code ${code}`
  throw new Error(secrets.hide(`${command.slice(0, 2).join(" ")}: ${said}`))
}
