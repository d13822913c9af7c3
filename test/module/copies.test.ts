// Images that are copied: an index arrives as it is, a digest is enough to find it, and nobody is asked twice.
import { randomUUID } from "node:crypto"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Caller, errorOf, firstRepository, secondRepository } from "./caller.js"
import { type HostCrane, hostCrane } from "./crane.js"
import { sandboxPort } from "./world.js"

const platforms = ["linux/amd64", "linux/arm64"]
const shop = `cluster: nonprod
tier: nightly
releases:
  web:
    chart: dapp-store
    namespace: shop
    values: { image: "\${images.program}" }
`
const publish = () => caller.call(["publish", "--env", "shop"])
const step = (stdout: string, name: string) => new RegExp(`^${name} .*$`, "m").exec(stdout)?.[0]

let caller: Caller
let registry: HostCrane
let source: string
let index: string

/** An index of two platforms in a repository of the sandbox's registry, unlike any before. */
async function pushIndex(repository: string): Promise<string> {
  const layer = join(caller.path, "layer.tar.gz")
  writeFileSync(layer, gzipSync(Buffer.alloc(1024)))
  const to = `${registry.host}/${repository}`
  const run = randomUUID()
  const parts: string[] = []
  for (const platform of platforms) {
    const tag = `${to}:${run}-${platform.replace("/", "-")}`
    await registry.said("append", "--oci-empty-base", "--new_layer", layer, "--new_tag", `${tag}-empty`)
    await registry.said("mutate", `${tag}-empty`, "--set-platform", platform, "--label", `run=${run}`, "--tag", tag)
    parts.push("--manifest", await registry.said("digest", "--full-ref", tag))
  }
  await registry.said("index", "append", ...parts, "--tag", `${to}:${run}`)
  return `${to}:${run}`
}

const images = (copy: string) => `program:\n  repository: ${firstRepository}\n  copy: ${copy}\n`

beforeAll(async () => {
  caller = new Caller({ "environments/shop.yaml": shop })
  const port = sandboxPort()
  const first = await publish()
  expect(first.code, first.stderr.slice(-20_000)).toBe(0)
  registry = await hostCrane(port)
  source = await pushIndex(secondRepository)
  index = await registry.said("digest", source)
  caller.write("environments/images.yaml", images(source))
})
afterAll(() => {
  registry?.close()
  caller.remove()
})

test("an index arrives with its digest and all of its platforms; the second time nothing is done", async () => {
  const { code, stdout, stderr } = await publish()
  expect(code, stderr.slice(-20_000)).toBe(0)
  expect(stdout).toContain(`program ${index}`)
  const copied = `${registry.host}/${firstRepository}@${index}`
  const { manifests } = JSON.parse(await registry.said("manifest", copied))
  expect(manifests.map(({ platform }: { platform: { architecture: string } }) => platform.architecture)).toEqual([
    "amd64",
    "arm64",
  ])
  expect(step((await publish()).stdout, "image:program")).toContain("unchanged")
})

test("with its source gone: what is pinned needs none, what is not says whom it asked", async () => {
  await registry.said("delete", `${source.slice(0, source.lastIndexOf(":"))}@${index}`)
  const error = errorOf(await publish())
  expect(error).toContain("image:program")
  expect(error).toContain(`${source} cannot be pulled`)

  caller.write("environments/images.lock.yaml", `program: ${source}@${index}\n`)
  const pinned = await publish()
  expect(pinned.code, pinned.stderr.slice(-20_000)).toBe(0)
  expect(step(pinned.stdout, "image:program")).toContain("unchanged")
  expect(pinned.stdout).toContain(`program ${index}`)
})

test("a pinned image is taken by its digest, not by what its tag stands for by now", async () => {
  const earlier = await pushIndex(secondRepository)
  const digest = await registry.said("digest", earlier)
  // A tag that stands for another image than the pin: the earlier one has a name of its own only by its digest.
  const now = await pushIndex(secondRepository)
  caller.write("environments/images.yaml", images(now))
  caller.write("environments/images.lock.yaml", `program: ${now}@${digest}\n`)
  const { code, stdout, stderr } = await publish()
  expect(code, stderr.slice(-20_000)).toBe(0)
  expect(stdout).toContain(`program ${digest}`)
})

test("two deployments that push the same at once both succeed", async () => {
  caller.write("environments/images.yaml", images(await pushIndex(secondRepository)))
  caller.edit("charts/dapp-store/Chart.yaml", "version: 0.0.1", `version: 0.0.1-${Date.now()}`)
  const both = await Promise.all([1, 2].map(() => caller.daggerw(["publish", "--env", "shop"])))
  for (const { code, stderr } of both) expect(code, stderr.slice(-20_000)).toBe(0)
  const pushed = both.map(({ stdout }) => /^program sha256:.*$/m.exec(stdout)?.[0])
  expect(pushed[0]).toMatch(/^program sha256:/)
  expect(pushed[1]).toBe(pushed[0])
})
