// What a second engine gains and costs: two jobs at once, a job that only the other engine knows, memory and disk.
import { $, fs, os, path } from "zx"
import { daggerw, root, row, timed } from "./measure.mjs"
import { empty, withTwoEngines } from "./second-engine.mjs"

const environment = "preview-nightly"
const services = ["api", "frontend"]

/** Two engines beside each other, by turns, so that both meet the same load. */
export async function engines({ runs }) {
  const checkout = await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-bench-"))
  try {
    await $({ quiet: true })`git clone --quiet --shared ${root} ${checkout}`
    return await withTwoEngines(async (first, second) => [
      ...(await cold(first, second, checkout, Math.min(runs, 2))),
      ...(await atOnce(first, second, checkout, runs)),
      ...(await published(first, second)),
    ])
  } finally {
    await fs.remove(checkout)
  }
}

/** The same job on the engine that has done it, and on one that has done nothing; then what that one has become. */
async function cold(first, second, checkout, runs) {
  const seconds = { idle: [], nothing: [], warm: [], cold: [], again: [], busy: [], disk: [] }
  await change(checkout)
  await build(first, checkout, "api")
  for (let round = 0; round < runs; round++) {
    if (round > 0) await empty(second)
    seconds.idle.push(await second.memory())
    seconds.nothing.push(await second.disk())
    seconds.warm.push((await build(first, checkout, "api")).seconds)
    const { result, most } = await watched(second, () => build(second, checkout, "api"))
    seconds.cold.push(result.seconds)
    seconds.busy.push(most)
    seconds.again.push((await build(second, checkout, "api")).seconds)
    seconds.disk.push(await second.disk())
  }
  return [
    row("build, on the engine that has done it", seconds.warm),
    row("build, on an empty engine", seconds.cold),
    row("build, empty engine, ratio", ratios(seconds.cold, seconds.warm), { unit: "x" }),
    row("build, on that engine again, ratio", ratios(seconds.again, seconds.warm), { unit: "x" }),
    row("memory of an empty engine", seconds.idle, { unit: "MiB" }),
    row("memory of it during that build, at most", seconds.busy, { unit: "MiB" }),
    row("memory of the first engine, now", [await first.memory()], { unit: "MiB" }),
    row("disk of an empty engine", seconds.nothing, { unit: "MiB" }),
    row("disk of it after that build", seconds.disk, { unit: "MiB" }),
    row("disk of the first engine", [await first.disk()], { unit: "MiB" }),
  ]
}

/** Publishing what the registry has already, pushed by the first engine: the second builds and pushes none of it. */
async function published(first, second) {
  const port = await sandboxPort()
  if (!port) {
    console.error("bench: no sandbox is kept: publishing from the second engine is not measured")
    return []
  }
  const publish = (engine) => run(engine, root, ["publish", "--env", environment], { WALLET_WORLD_SANDBOX: port })
  await publish(first)
  const warm = await publish(first)
  const other = await publish(second)
  const again = await publish(second)
  const images = [...other.stdout.matchAll(/^(image:\S+) +(\w+)/gm)]
  if (images.length === 0 || images.some(([, , result]) => result !== "unchanged"))
    throw new Error(`the second engine pushed what was in the registry:\n${other.stdout}`)
  return [
    row("publish again, on the engine that pushed", [warm.seconds]),
    row("publish, on an engine that never did", [other.seconds]),
    row("publish, on that engine again", [again.seconds]),
    row("publish, on that engine again, ratio", [again.seconds / warm.seconds], { unit: "x" }),
  ]
}

/** Two jobs that share nothing but the machine, on one engine and on two. */
async function atOnce(first, second, checkout, runs) {
  const seconds = { one: [], two: [] }
  // The first round fills the second engine's cache and does not count.
  for (let round = 0; round <= runs; round++) {
    const one = await pair(first, first, checkout)
    const two = await pair(first, second, checkout)
    if (round === 0) continue
    seconds.one.push(one)
    seconds.two.push(two)
  }
  return [
    row("two changed builds at once, one engine", seconds.one),
    row("two changed builds at once, two engines", seconds.two),
    row("two changed builds at once, ratio", ratios(seconds.two, seconds.one), { unit: "x" }),
  ]
}

async function pair(left, right, checkout) {
  await change(checkout)
  const began = performance.now()
  await Promise.all([build(left, checkout, "api"), build(right, checkout, "frontend")])
  return (performance.now() - began) / 1000
}

/** Makes both services' contexts new from the first layer on: their dependencies are installed anew. */
async function change(checkout) {
  for (const service of services) {
    const file = path.join(checkout, "examples/dappstore/services", service, "package.json")
    await fs.writeJson(file, { ...(await fs.readJson(file)), description: crypto.randomUUID() }, { spaces: 2 })
  }
}

function build(engine, checkout, service) {
  return run(engine, checkout, ["build", "--service", `dapp-store-${service}`, "sync"])
}

/** One call; says on the way how long it took, since all of them together take a quarter of an hour. */
async function run({ env, name }, cwd, call, more = {}) {
  const command = [daggerw, "--progress=plain", "call", ...call]
  const result = await timed(command, { cwd, env: { ...env, ...more }, limit: 1_200 })
  console.error(`bench: ${call.join(" ")} on the ${name} engine: ${result.seconds.toFixed(1)} s`)
  return result
}

/** Runs something, and asks the engine again and again how much memory it holds: `most` is the most, in MiB. */
async function watched(engine, run) {
  let most = await engine.memory()
  const timer = setInterval(async () => {
    most = Math.max(most, await engine.memory().catch(() => 0))
  }, 1_000)
  try {
    const result = await run()
    return { result, most }
  } finally {
    clearInterval(timer)
  }
}

const ratios = (above, below) => above.map((value, index) => value / below[index])

/** The port of a sandbox that runs: the one that WALLET_WORLD_SANDBOX names, or this checkout's own. */
async function sandboxPort() {
  if (/^\d+$/.test(process.env.WALLET_WORLD_SANDBOX ?? "")) return process.env.WALLET_WORLD_SANDBOX
  const { exitCode, stdout } = await $({ quiet: true, nothrow: true })`${daggerw} sandbox status`
  return exitCode === 0 ? /localhost:(\d+)/.exec(stdout)?.[1] : undefined
}
