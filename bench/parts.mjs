// The measurements: calls, sandbox, deployments, and a toolchain from nothing.
import { $, fs, os, path } from "zx"
import { splitDeployment } from "./deployment.mjs"
import { daggerw, root, row, timed } from "./measure.mjs"

const environment = "preview-nightly"

/** A module with one function that does nothing: what every call costs whatever it does. */
const emptyModule = {
  "dagger.json": JSON.stringify({ name: "empty", engineVersion: "v0.21.8", sdk: { source: "typescript" } }),
  "package.json": JSON.stringify({ type: "module", dependencies: { typescript: "5.9.3" } }),
  "tsconfig.json": await fs.readFile(path.join(root, "ci/tsconfig.json"), "utf8"),
  "src/index.ts": `import { func, object } from "@dagger.io/dagger"

@object()
export class Empty {
  @func({ cache: "never" })
  hello(): string {
    return "hello"
  }
}
`,
}

/** What this module's calls cost beside an empty one's, by turns, so that both meet the same load. */
export async function calls({ runs }) {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-bench-"))
  try {
    for (const [name, text] of Object.entries(emptyModule)) await fs.outputFile(path.join(directory, name), text)
    await $({ quiet: true })`git init --quiet ${directory}`
    const functions = await byTurns(runs, ["functions"], ["functions"], directory)
    const call = await byTurns(runs, ["call", "environments"], ["call", "hello"], directory)
    return [
      row("functions", functions.own),
      row("functions, of an empty module", functions.empty),
      row("functions, ratio", functions.ratio, { unit: "x", aim: 1.5 }),
      row("call environments", call.own),
      row("call, of an empty module", call.empty),
      row("call, ratio", call.ratio, { unit: "x", aim: 1.5 }),
    ]
  } finally {
    await fs.remove(directory)
  }
}

async function byTurns(runs, ours, theirs, directory) {
  const result = { own: [], empty: [], ratio: [] }
  // The first round fills the engine's cache and does not count.
  for (let round = 0; round <= runs; round++) {
    const own = (await timed([daggerw, "--progress=plain", ...ours])).seconds
    const empty = (await timed([daggerw, "--progress=plain", ...theirs], { cwd: directory })).seconds
    if (round === 0) continue
    result.own.push(own)
    result.empty.push(empty)
    result.ratio.push(own / empty)
  }
  return result
}

/** The start of the kept sandbox, whose programs are built already. */
export async function sandbox() {
  await timed([daggerw, "sandbox", "start"])
  const starts = []
  for (let round = 0; round < 3; round++) {
    await timed([daggerw, "sandbox", "stop"])
    starts.push((await timed([daggerw, "sandbox", "start"])).seconds)
  }
  return [row("sandbox start", starts)]
}

/** A deployment into an empty sandbox. */
export async function deploy() {
  await timed([daggerw, "sandbox", "reset"])
  const command = [daggerw, "--progress=plain", "call", "deploy", "--env", environment]
  const first = await timed(command)
  const { provider, pods, own } = splitDeployment(first)
  return [
    row("deploy, from nothing", [first.seconds]),
    row("  waiting for AWS's resources", [provider]),
    row("  waiting for pods", [pods]),
    row("  own time", [own], { aim: 60 }),
  ]
}

/** A deployment that finds nothing to do in the kept sandbox: beside plain Helm, and what it asks for. */
export async function again({ runs }) {
  const result = path.join(await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-bench-")), "again.json")
  try {
    const env = { RUNS: String(runs), RESULT: result }
    await timed(["npx", "vitest", "run", "--config", path.join(root, "bench/vitest.config.ts")], { env })
    const { counted, releases, seconds } = await fs.readJson(result)
    return [
      row("deploy, nothing to do", seconds.deploy, { aim: 30 }),
      row(`helm upgrade --dry-run=server, ${releases} releases`, seconds.helm),
      ...Object.entries(counted).map(([what, number]) => row(`  ${what}`, [number], { unit: "" })),
    ]
  } finally {
    await fs.remove(path.dirname(result))
  }
}

/** The toolchain with every cache empty, in a directory that is removed afterwards. */
export async function cold() {
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-cold-"))
  const env = { XDG_CACHE_HOME: directory }
  try {
    const { seconds } = await timed([daggerw, "toolchain", "build"], { env })
    return [row("toolchain, from nothing", [seconds], { aim: 25 * 60 })]
  } finally {
    await timed([daggerw, "toolchain", "clean", "--all"], { env })
    await fs.remove(directory)
  }
}

/** Ends the program when a sandbox is kept whose state would be lost. */
export async function refuseToEndSandbox() {
  const { exitCode } = await $({ quiet: true, nothrow: true })`${daggerw} sandbox status`
  if (exitCode !== 0) return
  console.error(`bench: a sandbox is kept, and this would end it with all that is in it: stop it, or say --reset`)
  process.exit(2)
}
