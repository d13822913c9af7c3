// What the wrapper adds to the arguments of 'dagger call'. The command line is a program that prints its arguments.
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { Checkout, temporary, write } from "./commands.ts"

let checkout: Checkout
let mirror: string
let engine: Record<string, string>

beforeEach(() => {
  checkout = new Checkout()
  checkout.dagger()
  mirror = temporary()
  engine = {
    _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://h:1",
    WALLET_WORLD_SANDBOX: "off",
    WALLET_WORLD_PROVIDER_MIRROR: mirror,
  }
})

/** The arguments that dagger gets, each in angle brackets. */
const passed = async (args: string[], env = {}, cwd?: string) =>
  (await checkout.daggerw(args, { ...engine, ...env }, cwd)).stdout.split("\n")[1]

describe("the provider mirror", () => {
  it.each([
    [["call", "environments"], "<call><MIRROR><environments>"],
    [
      ["--progress", "plain", "call", "-m", ".", "deploy", "--env", "x"],
      "<--progress><plain><call><MIRROR><-m><.><deploy><--env><x>",
    ],
    [["-vv", "-s", "call", "environments"], "<-vv><-s><call><MIRROR><environments>"],
    [
      ["-m", "github.com/owner/wallet-world@main", "call", "deploy"],
      "<-m><github.com/owner/wallet-world@main><call><MIRROR><deploy>",
    ],
    [["call", "environment", "--name", "a b"], "<call><MIRROR><environment><--name><a b>"],
  ])("is added right after call: %j", async (args, expected) => {
    expect(await passed(args)).toBe(expected.replace("MIRROR", `--provider-mirror=${mirror}`))
  })

  it.each([
    [["functions"], "another command"],
    [["core", "container", "call"], "another command with an argument named call"],
    [["call", "--help"], "help"],
    [["call", "--provider-mirror=/other", "deploy"], "given"],
    [["call", "--provider-mirror", "/other", "deploy"], "given as two arguments"],
  ])("is not added to %j (%s)", async (args) => {
    expect(await passed(args)).toBe(args.map((one) => `<${one}>`).join(""))
  })

  it("is not added when this machine has none, nor for another module", async () => {
    expect(await passed(["call", "deploy"], { WALLET_WORLD_PROVIDER_MIRROR: join(mirror, "none") })).toBe(
      "<call><deploy>",
    )
    expect(await passed(["call", "deploy"], { WALLET_WORLD_PROVIDER_MIRROR: "" })).toBe("<call><deploy>")
    const other = temporary()
    write(join(other, "dagger.json"), '{ "name": "other" }')
    expect(await passed(["call", "deploy"], {}, other)).toBe("<call><deploy>")
    expect(await passed(["call", "-m", other, "deploy"])).toBe(`<call><-m><${other}><deploy>`)
  })

  it("is added when the module is found further up, or named from another directory", async () => {
    write(join(checkout.directory, "deep/down/file"), "")
    expect(await passed(["call", "deploy"], {}, join(checkout.directory, "deep/down"))).toContain("--provider-mirror=")
    expect(await passed(["call", "-m", checkout.directory, "deploy"], {}, temporary())).toContain("--provider-mirror=")
  })
})

it("all arguments reach dagger as they are", async () => {
  const args = ["query", "", "a  b", "$HOME", "*", "'"]
  expect(await passed(args)).toBe(args.map((one) => `<${one}>`).join(""))
})
