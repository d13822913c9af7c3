// Helm's own records: what cannot be read is an error that says where it is and what to do.
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { content } from "../../ci/pipeline/tools/helm-records.js"
import { Cluster, object, record } from "./cluster.js"

const read = (release?: string) => {
  const damaged = object("Secret sh.helm.release.v1.web.v2", { data: release === undefined ? {} : { release } })
  return content(new Cluster([damaged]).kubernetes, "shop", "web", 2)
}
const encoded = (text: string | Buffer) => Buffer.from(Buffer.from(text).toString("base64")).toString("base64")

test.each([
  ["nothing", ""],
  ["no field at all", undefined],
  ["something else", Buffer.from("x").toString("base64")],
  ["no gzip", encoded("plain text with hunter2")],
  ["half of it", encoded(gzipSync(JSON.stringify({ manifest: "a: hunter2" })).subarray(0, 20))],
  ["no JSON", encoded(gzipSync("hunter2"))],
])("%s: names revision, Secret and command, and no value", async (_, release) => {
  const failure = await read(release).catch((error: Error) => error.message)
  expect(failure).toMatch(
    /record of revision 2 of release web cannot be read .*Secret sh\.helm\.release\.v1\.web\.v2 in/,
  )
  expect(failure).toMatch(/kubectl delete secret sh\.helm\.release\.v1\.web\.v2 --namespace shop$/)
  expect(failure).not.toContain("hunter2")
})

test("one that is whole, and one that is not there", async () => {
  const cluster = new Cluster([record({ manifest: "a: b" })])
  expect(await content(cluster.kubernetes, "shop", "web", 1)).toEqual({ manifest: "a: b", hooks: [] })
  expect(await content(cluster.kubernetes, "shop", "web", 9)).toEqual({ manifest: "", hooks: [] })
})
