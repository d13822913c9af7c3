// Which engine the wrapper takes, on machines that programs in the PATH stand in for.
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { Checkout, write } from "./commands.ts"

let checkout: Checkout

beforeEach(() => {
  checkout = new Checkout()
  checkout.dagger()
  // Nothing of the machine that the test runs on counts.
  for (const name of ["docker", "podman", "nerdctl", "finch"]) checkout.program(name, "exit 1")
})

const debian = () => ({ WALLET_WORLD_OS_RELEASE: write(join(checkout.cache, "os-release"), "ID=debian\n") })
const ubuntu = () => ({
  WALLET_WORLD_OS_RELEASE: write(join(checkout.cache, "os-release"), "ID=ubuntu\nID_LIKE=debian\n"),
})

describe("the engine", () => {
  it("is the one that _EXPERIMENTAL_DAGGER_RUNNER_HOST names, before all others", async () => {
    checkout.program("docker", "exit 0")
    const { code, stdout, stderr } = await checkout.daggerw(["version", "-v"], {
      _EXPERIMENTAL_DAGGER_RUNNER_HOST: "tcp://h:1",
    })
    expect(code).toBe(0)
    expect(stderr).toBe("daggerw: engine tcp://h:1, as _EXPERIMENTAL_DAGGER_RUNNER_HOST says\n")
    expect(stdout).toContain("dagger v0.21.8")
  })

  it.each(["docker", "podman", "nerdctl"])("runs in a container when %s answers", async (runtime) => {
    checkout.program(runtime, '[ "$1" = info ]')
    const { stdout, stderr } = await checkout.daggerw(["functions"], debian())
    expect(stderr).toBe(`daggerw: engine v0.21.8 in a container, because ${runtime} answers\n`)
    expect(stdout).toContain("engine none nag 1 track 1\n<functions>")
    expect(existsSync(join(checkout.directory, "asked"))).toBe(false)
  })

  it("is the toolchain's on Debian when no runtime answers", async () => {
    checkout.dagger("v0.21.8", join(checkout.cache, "wallet-world/bin/dagger"))
    const { stdout, stderr } = await checkout.daggerw(["functions"], debian())
    expect(stderr).toBe(
      "daggerw: engine of the toolchain, because no container runtime answers and this is Debian on amd64 as root\n",
    )
    expect(readFileSync(join(checkout.directory, "asked"), "utf8")).toBe("toolchain start\ntoolchain socket\n")
    expect(stdout).toContain("engine unix:///run/test.sock")
  })

  it("is what WALLET_WORLD_ENGINE asks for", async () => {
    checkout.program("docker", "exit 0")
    checkout.dagger("v0.21.8", join(checkout.cache, "wallet-world/bin/dagger"))
    const { stdout } = await checkout.daggerw(["functions"], { ...debian(), WALLET_WORLD_ENGINE: "toolchain" })
    expect(stdout).toContain("engine unix:///run/test.sock")
    const { code, stderr } = await checkout.daggerw(["functions"], { WALLET_WORLD_ENGINE: "magic" })
    expect(code).toBe(1)
    expect(stderr).toContain("WALLET_WORLD_ENGINE is 'magic'; it can be auto, container or toolchain")
  })

  it("does not take a runtime that hangs", async () => {
    checkout.program("docker", "sleep 60")
    const began = Date.now()
    const { code } = await checkout.daggerw(["functions"], ubuntu())
    expect(code).toBe(1)
    expect(Date.now() - began).toBeLessThan(30_000)
  })

  it.each([
    ["another distribution", () => ubuntu(), ""],
    ["another system", () => debian(), "case $1 in -s) echo Darwin ;; -m) echo arm64 ;; esac"],
    ["another processor", () => debian(), "case $1 in -s) echo Linux ;; -m) echo aarch64 ;; esac"],
  ])("is missing on %s without a runtime: one error that says what to install", async (_, release, uname) => {
    if (uname) checkout.program("uname", uname)
    const { code, stdout, stderr } = await checkout.daggerw(["functions"], release())
    expect(code).toBe(1)
    expect(stdout).toBe("")
    expect(stderr.trim().split("\n")).toHaveLength(1)
    expect(stderr).toMatch(/^daggerw: error: no engine: .*Install Docker .*or Podman/)
  })

  it("is missing without root", async () => {
    checkout.program("id", "echo 1000")
    expect(await checkout.daggerw(["functions"], debian())).toMatchObject({ code: 1 })
  })
})
