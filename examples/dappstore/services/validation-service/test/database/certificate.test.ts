// A download checks the certificate of its server. Here, since openssl is needed to make one.
import assert from "node:assert/strict"
import { mkdtempSync, readFileSync } from "node:fs"
import { createServer } from "node:https"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Downloader } from "../../src/download.ts"
import { listen } from "../http.ts"
import { certificate } from "../postgres.ts"

test("a certificate that nobody vouches for is refused", async () => {
  const directory = mkdtempSync(join(tmpdir(), "validation-"))
  const cert = certificate(directory)
  let requests = 0
  const options = { key: readFileSync(join(directory, "server.key")), cert }
  const server = await listen(createServer(options, (_, response) => response.end(`${++requests}`)))
  const downloader = new Downloader({ maxBytes: 1000, timeoutMs: 5000, maxRedirects: 0, allowPrivate: true })
  const url = server.url.replace("http:", "https:")
  await assert.rejects(downloader.get(url, AbortSignal.timeout(5000)), /self-signed certificate/)
  assert.equal(requests, 0)
  await server.stop()
})
