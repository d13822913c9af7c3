// The limits of a download, against real servers on this machine.
import assert from "node:assert/strict"
import type { LookupAddress } from "node:dns"
import { createServer, type RequestListener } from "node:http"
import { after, before, test } from "node:test"
import { setTimeout as sleep } from "node:timers/promises"
import { isPublic } from "../../src/address.ts"
import { Downloader, FinalError, type Limits } from "../../src/download.ts"
import { listen, type Running } from "../http.ts"

const LIMITS: Limits = { maxBytes: 1000, timeoutMs: 5000, maxRedirects: 3, allowPrivate: true }
const requests: string[] = []
let server: Running
let port: string

const answers: Record<string, RequestListener> = {
  "/document": (_, response) => response.end("document"),
  "/limit": (_, response) => response.end("x".repeat(1000)),
  "/announced": (_, response) => response.writeHead(200, { "content-length": 1001 }).end("x".repeat(1001)),
  "/chunked": (_, response) => {
    response.on("error", () => {})
    for (let index = 0; index < 100; index++) response.write("x".repeat(100))
    // Never ended: who waited for the end would wait for ever.
  },
  "/drip": async (_, response) => {
    while (!response.destroyed) {
      response.write("x")
      await sleep(20)
    }
  },
  "/silent": () => {},
  "/gone": (_, response) => response.writeHead(404).end("document"),
  "/packed": (_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x"),
  "/broken": (_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("x")
    setTimeout(() => response.destroy(), 20)
  },
  "/ipfs/QmFolder/offchain.json": (_, response) => response.end("from ipfs"),
}

before(async () => {
  server = await listen(
    createServer((request, response) => {
      const url = request.url ?? ""
      requests.push(url)
      const location = /^\/to\?(.*)$/.exec(url)?.[1]
      const left = Number(/^\/hops\/(\d)$/.exec(url)?.[1])
      if (location !== undefined) response.writeHead(302, { location: decodeURIComponent(location) }).end()
      else if (left > 0) response.writeHead(307, { location: `/hops/${left - 1}` }).end()
      else if (left === 0) response.end("arrived")
      else (answers[url] ?? answers["/gone"])?.(request, response)
    }),
  )
  port = new URL(server.url).port
})
after(() => server.stop())

/** Addresses for names; with a list, each look-up takes the next. */
function names(table: Record<string, string[]>) {
  const lookups: string[] = []
  const resolve = (host: string, _: object, callback: (error: Error | null, addresses: LookupAddress[]) => void) => {
    lookups.push(host)
    const address = table[host]?.[lookups.filter((name) => name === host).length - 1]
    if (address) callback(null, [{ address, family: address.includes(":") ? 6 : 4 }])
    else callback(Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: "ENOTFOUND" }), [])
  }
  return { lookups, resolve }
}

const get = async (path: string, limits: Partial<Limits> = {}) =>
  (await new Downloader({ ...LIMITS, ...limits }).get(server.url + path, AbortSignal.timeout(5000))).toString()

/** Only 127.0.0.1 is taken for public: the tests' own server. */
const likePublic = (address: string) => address === "127.0.0.1" || isPublic(address)
const strict = (table: Record<string, string[]> = {}) => {
  const { lookups, resolve } = names(table)
  const downloader = new Downloader(LIMITS, resolve, likePublic)
  return { lookups, get: (url: string) => downloader.get(url, AbortSignal.timeout(5000)) }
}

test("gets a document", async () => {
  assert.equal(await get("/document"), "document")
})

test("size: the limit itself is permitted, one byte more is not, announced or not", async () => {
  assert.equal((await get("/limit")).length, 1000)
  await assert.rejects(get("/announced"), /more than 1000 bytes/)
  await assert.rejects(get("/chunked"), /more than 1000 bytes/)
  await assert.rejects(get("/chunked"), FinalError)
})

test("time: neither a slow drip nor silence takes longer than permitted", async () => {
  for (const path of ["/drip", "/silent"]) {
    const started = performance.now()
    const signal = AbortSignal.timeout(300)
    await assert.rejects(new Downloader({ ...LIMITS, maxBytes: 1e9 }).get(server.url + path, signal), /abort/i)
    assert.ok(performance.now() - started < 2000)
  }
})

test("redirects: as many as permitted are followed", async () => {
  assert.equal(await get("/hops/3"), "arrived")
  await assert.rejects(get("/hops/4"), /more than 3 redirects/)
  await assert.rejects(get("/hops/1", { maxRedirects: 0 }), /more than 0 redirects/)
})

test("what is not a whole, plain document with status 200 is none", async () => {
  await assert.rejects(get("/gone"), /status 404/)
  await assert.rejects(get("/packed"), /encoded as gzip/)
  await assert.rejects(get("/broken"), /aborted/)
  await assert.rejects(get("/to?http:%2F%2F"), /no address/)
  await assert.rejects(get("/to?ftp:%2F%2Fx"), /ftp: is not https/)
})

test("plain http only where private addresses are permitted", async () => {
  const publicOnly = new Downloader({ ...LIMITS, allowPrivate: false })
  await assert.rejects(publicOnly.get("http://example.com/", AbortSignal.timeout(5000)), /http: is not https/)
  await assert.rejects(publicOnly.get("https://u:p@example.com/", AbortSignal.timeout(5000)), /user or password/)
})

test("literal private addresses are refused before any connection, however they are written", async () => {
  const publicOnly = new Downloader({ ...LIMITS, allowPrivate: false })
  const hosts = ["127.0.0.1", "2130706433", "0x7f.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254", "[fd00:ec2::254]"]
  const before = requests.length
  for (const host of hosts)
    await assert.rejects(
      publicOnly.get(`https://${host}:${port}/document`, AbortSignal.timeout(5000)),
      /not a public address/,
    )
  assert.equal(requests.length, before)
})

test("a name with a private address is refused, and so is one with a private address among others", async () => {
  const before = requests.length
  const { get } = strict({ "inside.example": ["127.0.0.2"] })
  await assert.rejects(get(`http://inside.example:${port}/document`), /inside.example is at 127.0.0.2/)
  const both = new Downloader(
    LIMITS,
    (_host, _options, callback) =>
      callback(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "::ffff:10.0.0.1", family: 6 },
      ]),
    likePublic,
  )
  await assert.rejects(both.get(`http://both.example:${port}/document`, AbortSignal.timeout(5000)), /::ffff:10.0.0.1/)
  assert.equal(requests.length, before)
})

test("the real resolver's localhost is refused", async () => {
  const publicOnly = new Downloader({ ...LIMITS, allowPrivate: false })
  await assert.rejects(
    publicOnly.get(`https://localhost:${port}/`, AbortSignal.timeout(5000)),
    /localhost is at .* not a public/,
  )
})

test("a redirect to a private address is refused, as a literal and as a name", async () => {
  const { get } = strict({ "a.example": ["127.0.0.1", "127.0.0.1"], "b.example": ["127.0.0.2"] })
  const start = (to: string) => get(`http://a.example:${port}/to?${encodeURIComponent(to)}`)
  const before = requests.length
  await assert.rejects(start(`http://127.0.0.2:${port}/document`), /127.0.0.2, which is not a public/)
  await assert.rejects(start(`http://b.example:${port}/document`), /b.example is at 127.0.0.2/)
  assert.deepEqual(
    requests.slice(before).filter((url) => url === "/document"),
    [],
  )
  assert.equal(requests.length, before + 2)
})

test("a name that is rebound gains nothing: each connection goes to the address that was checked for it", async () => {
  const { get, lookups } = strict({ "rebind.example": ["127.0.0.1", "127.0.0.2"] })
  assert.equal((await get(`http://rebind.example:${port}/document`)).toString(), "document")
  // One look-up: there is none between check and connection.
  assert.deepEqual(lookups, ["rebind.example"])
  await assert.rejects(get(`http://rebind.example:${port}/document`), /127.0.0.2/)
  const chained = strict({ "rebind.example": ["127.0.0.1", "127.0.0.2"] })
  await assert.rejects(chained.get(`http://rebind.example:${port}/to?%2Fdocument`), /127.0.0.2/)
})

test("ipfs goes through the gateway, and nowhere else on it", async () => {
  const ipfs = (url: string, ipfsGateway: string | undefined = server.url) =>
    new Downloader({ ...LIMITS, ipfsGateway }).get(url, AbortSignal.timeout(5000))
  assert.equal((await ipfs("ipfs://QmFolder/offchain.json")).toString(), "from ipfs")
  await assert.rejects(new Downloader(LIMITS).get("ipfs://QmFolder/x", AbortSignal.timeout(5000)), /set IPFS_GATEWAY/)
  const before = requests.length
  for (const url of ["ipfs://QmFolder/../../document", "ipfs://QmFolder/%2e%2e/%2e%2e/document", "ipfs://../document"])
    await assert.rejects(ipfs(url), /not a correct ipfs address/, url)
  assert.equal(requests.length, before)
})
