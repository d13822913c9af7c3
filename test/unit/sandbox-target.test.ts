// The sandbox as a target: it is known by its address, and no name of it is ever looked up.
import { createServer, type Server } from "node:http"
import type { AddressInfo, LookupFunction } from "node:net"
import { afterAll, beforeAll, expect, test } from "vitest"
import { SandboxTarget } from "../../ci/pipeline/targets/sandbox.js"

let server: Server
let address: string

beforeAll(async () => {
  server = createServer((request, response) => response.end(request.url))
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  address = `127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

test.each([
  "tcp://localhost:8443",
  "localhost:8443",
  "sandbox",
  "10.87.0.12",
  "10.87.0.12:",
  "10.87.0.12:8443/",
  "[::1]:8443",
  "",
])("%j is no address", async (given) => {
  await expect(SandboxTarget.open(given, true)).rejects.toThrow(
    `--sandbox is ${given}: it is an address in the engine's network, such as 10.87.0.12:8443; \`./daggerw sandbox status\` shows it`,
  )
})

test.each([false, true])(
  "every name of it leads clients to that address (all of a name's addresses: %j)",
  async (all) => {
    const { endpoint, agent } = await (await SandboxTarget.open(address, true)).connection()
    expect(endpoint).toBe(`https://aws.sandbox.test:${address.split(":")[1]}`)
    const { lookup, ca } = (agent as NonNullable<typeof agent>).options as unknown as {
      lookup: LookupFunction
      ca: string
    }
    expect(ca).toBe("/ca.crt")
    const found = await new Promise((done) => lookup("bucket.aws.sandbox.test", { all }, (...answer) => done(answer)))
    expect(found).toEqual(all ? [null, [{ address: "127.0.0.1", family: 4 }]] : [null, "127.0.0.1", 4])
  },
)

test("one that nobody keeps says that nothing is left of it", async () => {
  expect((await SandboxTarget.open(address, false)).gone).toContain("has ended with this call")
  expect((await SandboxTarget.open(address, true)).gone).toBeUndefined()
})
