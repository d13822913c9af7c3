// A second engine of the toolchain beside the one that runs: same parts, its own state, socket, network and addresses.
import { spawn } from "node:child_process"
import { $, fs, os, path } from "zx"
import { root, timed } from "./measure.mjs"

const toolchain = path.join(root, "toolchain/toolchain")

/** The cache directory of the engine that people use. */
const shared = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache")

/**
 * Ends what the second engine runs and removes its directory, once the other end of its input closes. The kernel closes
 * it however this program ends, also when it is killed.
 */
const keeper = `read -r _ || :; XDG_CACHE_HOME="$2" "$1" stop; rm -rf -- "$2"`

/** Both engines: each has `env` for commands that are to use it, and `memory()` and `disk()`, in MiB. */
export async function withTwoEngines(use) {
  const first = engine("first", shared)
  await timed([toolchain, "start"])
  if (process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST)
    throw new Error("the part engines starts a second engine of the toolchain: unset _EXPERIMENTAL_DAGGER_RUNNER_HOST")
  const directory = await fs.mkdtemp(path.join(os.tmpdir(), "wallet-world-engine-"))
  const keeping = spawn("bash", ["-c", keeper, "keeper", toolchain, directory], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  })
  const kept = new Promise((done) => keeping.once("exit", done))
  try {
    await linkParts(directory)
    const second = engine("second", directory)
    await timed([toolchain, "start"], { env: second.env })
    return await use(first, second)
  } finally {
    keeping.stdin.end()
    await kept
  }
}

/** Starts it anew without anything that it has cached. */
export async function empty({ env, directory }) {
  await timed([toolchain, "stop"], { env })
  await fs.remove(path.join(directory, "wallet-world/engine"))
  await timed([toolchain, "start"], { env })
}

function engine(name, directory) {
  const env = { XDG_CACHE_HOME: directory, WALLET_WORLD_ENGINE: "toolchain" }
  return { name, directory, env, memory: () => memory(env), disk: () => disk(directory) }
}

/** Links, so that nothing is built: where the parts lie is all that the two engines share. */
async function linkParts(directory) {
  const from = path.join(shared, "wallet-world/parts")
  for (const part of await fs.readdir(from)) {
    for (const key of await fs.readdir(path.join(from, part)))
      await fs.ensureSymlink(path.join(from, part, key), path.join(directory, "wallet-world/parts", part, key))
  }
}

/** MiB that the engine's own process holds; the containers that it runs are not in it. */
async function memory(env) {
  const socket = (await timed([toolchain, "socket"], { env })).stdout.trim()
  const namespace = `wallet-world-${socket.split("/").at(-2)}`
  const { stdout } = await $({ quiet: true })`ip netns pids ${namespace}`
  for (const pid of stdout.split("\n").filter(Boolean)) {
    const status = await fs.readFile(`/proc/${pid}/status`, "utf8").catch(() => "")
    if (/^Name:\s*dagger-engine$/m.test(status)) return Number(/^VmRSS:\s*(\d+)/m.exec(status)[1]) / 1024
  }
  throw new Error(`no engine runs in the network namespace ${namespace}`)
}

/** MiB of disk that the engine's state takes. */
async function disk(directory) {
  const state = path.join(directory, "wallet-world/engine/state")
  // Files come and go while it looks: what du cannot find is no failure.
  const { stdout } = await $({ quiet: true, nothrow: true })`du --summarize --block-size=1M ${state}`
  return Number(stdout.split("\t")[0])
}
