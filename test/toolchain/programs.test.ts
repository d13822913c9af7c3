// Programs that are kept outside of the engine: written once, after the call that made them, and handed in again.
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync } from "node:fs"
import { join } from "node:path"
import { afterEach, beforeEach, expect, it } from "vitest"
import { Checkout, until, write } from "./commands.ts"

let checkout: Checkout
const env = { _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://h:1" }

beforeEach(() => {
  checkout = new Checkout()
  write(join(checkout.directory, "ci/pipeline/tools/versions.ts"), "one")
  write(join(checkout.directory, "sandbox/gateway/main.go"), "two")
  // The command line writes what the module would, and says when.
  write(
    join(checkout.programs, "dagger"),
    `#!/bin/bash
case " $* " in
*" version "*) echo "dagger v0.21.8 (test) linux/amd64" ;;
*" sandbox-service "*) exec "$(dirname "$0")/sandbox-stub" "$@" ;;
*" keep-programs "*) echo kept >>"${checkout.directory}/order"; echo "$@" >>"${checkout.directory}/keeping"; mkdir -p "\${@: -1}"; echo {} >"\${@: -1}/programs.json" ;;
*) sleep 1; echo called >>"${checkout.directory}/order"; printf '<%s>' "$@" ;;
esac
`,
    0o755,
  )
  write(
    join(checkout.programs, "sandbox-stub"),
    `#!${process.execPath}
const port = Number(process.argv[process.argv.indexOf("--port") + 1])
require("node:http").createServer((request, response) => response.end('{"ready":true,"address":"10.1.2.3"}')).listen(port)
`,
    0o755,
  )
})
afterEach(async () => {
  await checkout.daggerw(["sandbox", "stop"], env)
})

const deploy = () => checkout.daggerw(["call", "deploy"], env)
const source = () => join(checkout.directory, "sandbox/gateway/main.go")
const order = () => readFileSync(join(checkout.directory, "order"), "utf8").trim().split("\n")
const kept = () =>
  readdirSync(join(checkout.cache, "wallet-world/programs")).filter((name) => /^[0-9a-f]{16}$/.test(name))
const written = () =>
  until("the programs to be kept", () => kept().length === 1 && existsSync(join(checkout.directory, "order")))

it("are written once, when the call has ended, and handed in from then on", async () => {
  mkdirSync(join(checkout.cache, "wallet-world/programs"), { recursive: true })
  const first = await deploy()
  expect(first.stdout).not.toContain("--kept-programs")
  expect(first.stderr).not.toContain("No such file")
  await written()
  const [name] = kept()
  expect(order()).toEqual(["called", "kept"])
  expect((await deploy()).stdout).toContain(`<--kept-programs=${checkout.cache}/wallet-world/programs/${name}>`)
  expect(order()).toEqual(["called", "kept", "called"])
})

it("of another state are handed in until there are new ones, and go when nobody has used them for a day", async () => {
  await deploy()
  await written()
  const [before] = kept()
  write(source(), "three")
  // The module takes from them what is still made in the same way; so does the call that keeps the new ones.
  expect((await deploy()).stdout).toContain(`/wallet-world/programs/${before}>`)
  await until("the new programs", () => kept().length === 2)
  const [after] = kept().filter((name) => name !== before)
  expect(readFileSync(join(checkout.directory, "keeping"), "utf8")).toContain(
    `/wallet-world/programs/${before} keep-programs`,
  )
  expect((await deploy()).stdout).toContain(`/wallet-world/programs/${after}>`)
  const yesterday = new Date(Date.now() - 25 * 3_600_000)
  utimesSync(join(checkout.cache, "wallet-world/programs", before), yesterday, yesterday)
  write(source(), "four")
  await deploy()
  await until("the old programs to go", () => kept().length === 2 && !kept().includes(before))
})

it("of many states: the five that were used last stay, and what was used in the last hour", async () => {
  const places = ["1", "2", "3", "4", "5", "6"].map((digit) => digit.repeat(16))
  for (const [age, name] of places.entries()) {
    const directory = join(checkout.cache, "wallet-world/programs", name)
    write(join(directory, "programs.json"), "{}")
    const used = new Date(Date.now() - (age + 1) * 24 * 60_000)
    utimesSync(directory, used, used)
  }
  await deploy()
  await until("the oldest to go", () => kept().length === 5 && !kept().some((name) => places.indexOf(name) >= 4))
  expect(kept()).toEqual(expect.arrayContaining(places.slice(0, 4)))
  const soon = new Date(Date.now() - 30 * 60_000)
  for (const name of kept()) utimesSync(join(checkout.cache, "wallet-world/programs", name), soon, soon)
  for (const [index, text] of ["five", "six"].entries()) {
    write(source(), text)
    await deploy()
    await until("the new ones", () => kept().length === 6 + index)
  }
})

it("are not handed to a module from elsewhere", async () => {
  await deploy()
  await written()
  const { stdout } = await checkout.daggerw(["-m", "github.com/owner/wallet-world@main", "call", "deploy"], env)
  expect(stdout).not.toContain("--kept-programs")
})

it("that were half written are not used", async () => {
  await deploy()
  await written()
  const [name] = kept()
  write(source(), "four")
  write(join(checkout.cache, "wallet-world/programs", `${name}.new/helm.tar`), "half")
  await deploy()
  await until("the new programs", () => kept().length === 2)
  expect(readdirSync(join(checkout.cache, "wallet-world/programs")).some((one) => one.endsWith(".new"))).toBe(false)
})
