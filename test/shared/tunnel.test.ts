// The way from the host to the sandbox: the engine's tunnel to localhost, however clients end their connections.
import http from "node:http"
import { beforeAll, expect, test } from "vitest"
import { sandboxPort } from "../module/world.js"

let port: number

/** What a program on the host gets, with a connection of its own from a port of its own; fails after ten seconds. */
function ready(localPort?: number): Promise<string> {
  return new Promise((done, fail) => {
    const options = { host: "127.0.0.1", port, path: "/ready", agent: false, localPort, timeout: 10_000 }
    const asked = http.get(options, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.on("data", (chunk: string) => {
        text += chunk
      })
      response.on("end", () => done(text))
    })
    asked.on("timeout", () => asked.destroy(new Error("no answer within 10 s")))
    asked.on("error", fail)
  })
}

beforeAll(() => {
  port = sandboxPort()
})

// The operating system gives a port of a client to another one, sooner or later; the tunnel takes both for one.
test("another client from the same port is answered, and so is everybody after it", async () => {
  for (let visit = 0; visit < 5; visit++) {
    expect(await ready(48_123)).toContain('"ready":true')
    // A loopback connection that has ended may be opened again after a second.
    await new Promise((resume) => setTimeout(resume, 1_200))
  }
  expect(await ready()).toContain('"ready":true')
})
