// The module under the official TypeScript runtime of dagger 0.21.8: its steps, as its source has them, outside of an engine,
// with the same versions from npm. Source: https://github.com/dagger/dagger/tree/v0.21.8/sdk/typescript/runtime
import { execFileSync } from "node:child_process"
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, it } from "vitest"
import { temporary } from "../temporary.js"
import { type Result, repository, run, write } from "./commands.ts"

/** The runtime's own version of the compiler (`tsdistconsts`). */
const ownTypeScript = "5.9.3"
/** Its version of what runs TypeScript. */
const ownTsx = "4.15.6"

const shared = process.env.XDG_CACHE_HOME || join(homedir(), ".cache")
const work = temporary("official-runtime")
/** What lies in the runtime's image and its mounts: node, npm, the compiler, the SDK in one file. */
const sdk = join(work, "sdk")
const node = join(work, "node")
const env = () => ({
  PATH: `${join(node, "usr/local/bin")}:/usr/sbin:/usr/bin:/sbin:/bin`,
  XDG_CACHE_HOME: shared,
  npm_config_prefer_offline: "true",
  // How this machine reaches npm's registry.
  ...(process.env.NODE_EXTRA_CA_CERTS && { NODE_EXTRA_CA_CERTS: process.env.NODE_EXTRA_CA_CERTS }),
})

/** Unpacks what the toolchain built last of a part: its layer, which is by far its largest file. */
function unpack(part: string, to: string): void {
  const folder = join(shared, "wallet-world/parts", part)
  const keys = readdirSync(folder).map((key) => join(folder, key))
  const newest = keys.sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
  const files = readdirSync(newest, { recursive: true, encoding: "utf8" }).map((path) => join(newest, path))
  const layer = files.sort((a, b) => statSync(b).size - statSync(a).size)[0]
  mkdirSync(to)
  execFileSync("tar", ["-xzf", layer, "-C", to])
}

/** The generated client, as `dagger develop` writes it. */
let client: string

beforeAll(async () => {
  await succeed(join(repository, "toolchain/toolchain"), ["start"])
  unpack("sdk", sdk)
  unpack("image-node", node)
  const checkout = join(work, "checkout")
  execFileSync("git", ["clone", "--quiet", "--shared", repository, checkout])
  await succeed(join(repository, "daggerw"), ["-m", checkout, "develop"], checkout)
  client = join(checkout, "ci/sdk/client.gen.ts")
})
afterAll(() => rmSync(work, { recursive: true }))

async function succeed(command: string, args: string[], cwd?: string): Promise<Result> {
  const result = await run(command, args, env(), cwd)
  if (result.code !== 0) throw new Error(`${command} ${args.join(" ")}: ${result.stdout}${result.stderr}`)
  return result
}

/** The steps up to the installed dependencies. The compiler's mount cannot be replaced, as in a container. */
async function install(name: string, change: (dependencies: Record<string, string>) => void): Promise<Result> {
  const module = join(work, name)
  const json = (file: string) => JSON.parse(readFileSync(join(repository, "ci", file), "utf8"))
  const manifest = json("package.json")
  const lock = json("package-lock.json")
  change(manifest.dependencies)
  change(lock.packages[""].dependencies)
  // UpdatePackageJSONForModule
  manifest.type = "module"
  manifest.dependencies = { typescript: ownTypeScript, ...manifest.dependencies }
  delete manifest.dependencies["@dagger.io/dagger"]
  delete manifest.devDependencies?.["@dagger.io/dagger"]
  write(join(module, "package.json"), JSON.stringify(manifest))
  // NpmPkgManager.withInstalledDependencies
  const compiler = join(module, "node_modules/typescript")
  const mounted = manifest.dependencies.typescript === ownTypeScript
  if (mounted) mkdirSync(compiler, { recursive: true })
  if (mounted && Object.keys(manifest.dependencies).length === 1) return { code: 0, stdout: "", stderr: "" }
  write(join(module, "package-lock.json"), JSON.stringify(lock))
  const mount = mounted ? `mount --bind ${sdk}/introspector/node_modules/typescript ${compiler}` : ":"
  const script = `set -e; ${mount}; [ "$(npm -v)" = 11.8.0 ]; npm install --omit=dev`
  return run("unshare", ["--mount", "--propagation", "private", "bash", "-c", script], env(), module)
}

it("a compiler of the runtime's own version cannot be installed, since it is mounted", async () => {
  const { code, stderr } = await install("mounted", (dependencies) => {
    dependencies.typescript = ownTypeScript
  })
  expect(code).not.toBe(0)
  expect(stderr).toMatch(/EBUSY.*node_modules\/typescript/)
})

it("the types are read from src alone", async () => {
  const types = join(work, "types")
  cpSync(join(repository, "ci/src"), join(types, "src"), { recursive: true })
  cpSync(join(sdk, "introspector/node_modules/typescript"), join(types, "node_modules/typescript"), { recursive: true })
  for (const place of ["sdk", "node_modules/@dagger.io/dagger"])
    library(join(types, place), ["index.ts", "telemetry.ts"])
  const introspector = join(sdk, "introspector/introspector.mjs")
  const { stdout } = await run(
    "node",
    [introspector, "wallet-world", "src", "sdk/client.gen.ts"],
    { ...env(), DRY_RUN: "1" },
    types,
  )
  const source = readFileSync(join(repository, "ci/src/index.ts"), "utf8")
  const written = [...source.matchAll(/@func\(.*\)\s+async (\w+)/g)].map(([, name]) => name)
  expect(written.length).toBeGreaterThan(10)
  expect(Object.keys(JSON.parse(stdout).objects.WalletWorld.methods)).toEqual(written)
})

it("it is installed, and started under tsx: the constructor, functions, and every import by #", async () => {
  const installed = await install("module", () => {})
  expect(installed, installed.stderr).toMatchObject({ code: 0 })
  const module = join(work, "module")
  // NodeRuntime.SetupContainer
  for (const place of ["sdk", "node_modules/@dagger.io/dagger"])
    library(join(module, place), ["core.js", "index.ts", "telemetry.ts"])
  const config = JSON.parse(readFileSync(join(repository, "ci/tsconfig.json"), "utf8"))
  const paths = { "@dagger.io/dagger": ["./sdk/index.ts"], "@dagger.io/dagger/telemetry": ["./sdk/telemetry.ts"] }
  Object.assign(config.compilerOptions, { experimentalDecorators: true, paths })
  write(join(module, "tsconfig.json"), JSON.stringify(config))
  for (const path of ["src", "pipeline", "published.json"])
    cpSync(join(repository, "ci", path), join(module, path), { recursive: true })
  // In place of the runtime's entry point, which an engine must have started: it loads the same files, and calls them.
  const entry = write(join(module, "src/__dagger.entrypoint.ts"), calls)
  await succeed("npm", ["install", "--prefix", join(work, "tsx"), `tsx@${ownTsx}`])
  const tsx = ["node", join(work, "tsx/node_modules/tsx/dist/cli.mjs"), "--no-deprecation"]
  const start = [...tsx, "--tsconfig", join(module, "tsconfig.json"), entry]
  const { stdout } = await succeed(join(repository, "daggerw"), ["--silent", "run", ...start])
  const { imported, environments, environment, tenant } = JSON.parse(stdout)
  const sources = readdirSync(join(module, "pipeline"), { recursive: true, encoding: "utf8" })
  expect(imported).toBe(sources.filter((path) => path.endsWith(".ts")).length)
  expect(environments).toContain("preview-nightly")
  expect(environment).toContain("host: preview-dev.")
  expect(tenant).toContain("dapp-store")
})

/** Calls functions of the module in a session of the engine, on this checkout as the caller's repository. */
const calls = `import { readdirSync } from "node:fs"
import { connection, dag } from "@dagger.io/dagger"
import { WalletWorld } from "./index.js"

let imported = 0
for (const path of readdirSync(import.meta.dirname + "/../pipeline", { recursive: true, encoding: "utf8" }))
  if (path.endsWith(".ts")) imported += (await import("#" + path.replace(/ts$/, "js"))) ? 1 : 0
await connection(async () => {
  const own = (path: string) => dag.address("${repository}/" + path).directory()
  const module = new WalletWorld(own("charts"), own("terragrunt"), own("sandbox"))
  console.log(
    JSON.stringify({
      imported,
      environments: JSON.parse(await module.environments("", true)),
      environment: await module.environment("preview-dev"),
      tenant: await module.tenant("dapp-store"),
    }),
  )
})
`

/** The SDK as the runtime mounts it: files of its own, and the generated client. */
function library(to: string, files: string[]): void {
  for (const file of files) cpSync(join(sdk, "bundled_lib", file), join(to, file))
  cpSync(client, join(to, "client.gen.ts"))
}
