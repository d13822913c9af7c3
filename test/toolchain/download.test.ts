// Downloading the command line from the official release, here a local HTTP server.
import { execFileSync } from "node:child_process"
import { createHash } from "node:crypto"
import { existsSync, readFileSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Checkout, daggerScript, temporary, write } from "./commands.ts"

const name = "dagger_v0.21.8_linux_amd64.tar.gz"
let checkout: Checkout
let server: Server
let files: Record<string, Buffer | string>
let requests: string[]
let env: Record<string, string>

beforeEach(async () => {
  checkout = new Checkout()
  checkout.program("docker", "exit 0")
  const directory = temporary()
  write(join(directory, "dagger"), daggerScript("v0.21.8"), 0o755)
  execFileSync("tar", ["-czf", join(directory, name), "-C", directory, "dagger"])
  const archive = readFileSync(join(directory, name))
  const sum = createHash("sha256").update(archive).digest("hex")
  files = {
    [`/0.21.8/${name}`]: archive,
    "/0.21.8/checksums.txt": `${"0".repeat(64)}  dagger_v0.21.8_linux_armv7.tar.gz\n${sum}  ${name}\n`,
  }
  requests = []
  server = createServer((request, response) => {
    requests.push(request.url ?? "")
    const file = files[request.url ?? ""]
    response.writeHead(file ? 200 : 404).end(file)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  env = { WALLET_WORLD_DAGGER_RELEASES: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
})
afterEach(() => {
  server.close()
})

const installed = () => join(checkout.cache, "wallet-world/dagger/v0.21.8/dagger")

describe("without the pinned version in the PATH, the command line", () => {
  it("is downloaded once and checked", async () => {
    checkout.dagger("v0.20.0")
    const first = await checkout.daggerw(["functions"], env)
    expect(first).toMatchObject({ code: 0, stdout: expect.stringContaining("<functions>") })
    const second = await checkout.daggerw(["functions"], env)
    expect(second.stdout).toContain("<functions>")
    expect(requests).toEqual(["/0.21.8/checksums.txt", `/0.21.8/${name}`])
  })

  it("is refused when its checksum is not the published one; nothing is installed", async () => {
    files["/0.21.8/checksums.txt"] = `${"0".repeat(64)}  ${name}\n`
    const { code, stdout, stderr } = await checkout.daggerw(["functions"], env)
    expect(code).toBe(1)
    expect(stdout).toBe("")
    expect(stderr).toMatch(/has the checksum [0-9a-f]{64}, checksums.txt says 0{64}: nothing was installed/)
    expect(existsSync(installed())).toBe(false)
  })

  it("is refused when no checksum is published, and when the release is not there", async () => {
    files["/0.21.8/checksums.txt"] = "nothing\n"
    expect((await checkout.daggerw(["functions"], env)).stderr).toContain(`has no checksum of ${name}`)
    files = {}
    const { code, stderr } = await checkout.daggerw(["functions"], env)
    expect(code).toBe(1)
    expect(stderr).toContain("cannot download http://127.0.0.1")
    expect(existsSync(installed())).toBe(false)
  })
})

it("the pinned version in the PATH is taken as it is", async () => {
  checkout.dagger()
  expect(await checkout.daggerw(["functions"], env)).toMatchObject({ code: 0 })
  expect(requests).toEqual([])
})
