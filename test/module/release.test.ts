// Programs as published images: the jobs of the release workflow, and calls that use what they published.
import { execFileSync } from "node:child_process"
import { randomBytes } from "node:crypto"
import { chmodSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { temporary } from "../temporary.js"
import { programs } from "./programs.js"
import { EngineRegistry, engineIsOurs } from "./registry.js"
import { type Run, runJob } from "./runner.js"
import { TenantRepository } from "./tenant.js"
import { command, daggerw } from "./world.js"

const directory = temporary("release")
const artifacts = join(directory, "artifacts")
const platform = `linux/${process.arch === "arm64" ? "arm64" : "amd64"}`

const registry = new EngineRegistry()
const repository = `${registry.host}/owner/wallet-world`
let clone: TenantRepository
let bin: string

/** The workflow's own scripts and variables, but for the registry's name: GitHub's cannot be pushed to from here. */
const run = (): Run => ({
  ...{ repository: clone.source, artifacts, programs: bin, vars: {} },
  env: { REPOSITORY: `${registry.host}/OWNER/wallet-world` },
  github: { repository: "OWNER/wallet-world", ref: "refs/heads/main" },
  assume: () => Promise.reject(new Error("this workflow assumes no role")),
})
const publish = () => runJob(run(), "release", "publish", { ...listed, matrix: { program: "crane", platform } })
const listed = { needs: { list: { outputs: { programs: "some" } } } }

/** A call in the clone, whose files the tests change. */
const call = (...args: string[]) =>
  command(join(clone.source, "daggerw"), ["--progress=plain", "call", ...args], { cwd: clone.source })
const namesIn = (table: string) => [...table.matchAll(/\S+:linux-(?:amd64|arm64)-[0-9a-f]{40}/g)].map(([name]) => name)
const pins = () => join(clone.source, "ci/published.json")

/** The names of all programs, and that of crane for this platform. */
let names: string[]
let crane: string

describe.skipIf(!engineIsOurs())("with a registry in the engine's network", () => {
  beforeAll(async () => {
    mkdirSync(artifacts)
    bin = await programs(directory, artifacts)
    clone = new TenantRepository(0)
    await registry.start()
    names = namesIn((await call("programs")).stdout)
    crane = String(names.find((one) => one.startsWith(`crane:${platform.replace("/", "-")}-`)))
  })
  afterAll(() => {
    registry.stop()
    clone?.remove()
    for (const path of [directory, bin]) if (path) rmSync(path, { recursive: true, force: true })
  })

  test("a checkout with other times and modes names its programs alike", async () => {
    const there = join(clone.source, "sandbox/cloud/requirements.txt")
    utimesSync(there, 1, 1)
    chmodSync(there, 0o600)
    const [here, again] = await Promise.all([daggerw(["programs"]), call("programs")])
    expect(namesIn(again.stdout)).toEqual(names)
    expect(namesIn(here.stdout)).toEqual(names)
  })

  test("the job list names every program for both platforms, as long as none is pinned", async () => {
    const ended = await runJob(run(), "release", "list")
    const found: { program: string; platform: string }[] = JSON.parse(String(ended?.outputs.programs))
    expect(found.map(({ program }) => program)).toEqual(expect.arrayContaining(["helm", "kubectl", "tofu", "sandbox"]))
    expect(new Set(found.map((one) => one.platform))).toEqual(new Set(["linux/amd64", "linux/arm64"]))
    expect(new Set(found.map((one) => `${one.program} ${one.platform}`)).size).toBe(found.length)
  })

  test("the job publish pushes a program under its recipe's name, and attests its bill of materials", async () => {
    const ended = await publish()
    expect(ended?.outcome, JSON.stringify(ended?.scripts.at(-1))).toBe("success")
    expect((await registry.crane("digest", `${repository}/${crane}`)).stdout).toMatch(/^sha256:[0-9a-f]{64}/)
    const [made, bill] = ended?.attested ?? []
    expect(made).toEqual({ name: `${repository}/crane`, digest: bill.digest })
    expect(bill.materials).toContain("github.com/google/go-containerregistry")
    expect(bill.materials).toContain("stdlib")
  })

  test("the job pin names all that is missing, and pins nothing", async () => {
    const ended = await runJob(run(), "release", "pin")
    expect(ended?.outcome).toBe("failure")
    const said = ended?.scripts.map(({ stderr }) => stderr).join()
    expect(said).toContain("nothing was pinned; these cannot be found:")
    expect(said).toMatch(/helm:linux-amd64-[0-9a-f]{40} \(publish-program --name helm on linux\/amd64\)/)
    expect(said).not.toContain(`publish-program --name crane on ${platform})`)
  })

  test("the job pin writes the file with the digest of each", async () => {
    // What is behind the names does not matter here: each becomes a copy of crane.
    for (const name of names.filter((one) => one !== crane))
      expect(await registry.crane("copy", `${repository}/${crane}`, `${repository}/${name}`)).toMatchObject({ code: 0 })
    const ended = await runJob(run(), "release", "pin")
    expect(ended?.outcome, ended?.scripts.at(-1)?.stderr.slice(-3000)).toBe("success")
    const file = JSON.parse(readFileSync(join(artifacts, "published/published.json"), "utf8"))
    expect(file.repository).toBe(repository)
    expect(Object.keys(file.digests).sort()).toEqual([...names].sort())
    expect(ended?.summary).toContain(`"repository": "${repository}"`)
  })

  test("a pinned program is pulled, and not made", async () => {
    // An image that nobody's recipe makes, so that where it comes from can be seen.
    const layer = join(directory, "layer.tar")
    writeFileSync(join(directory, "crane"), "#!/bin/sh\necho published\n", { mode: 0o755 })
    execFileSync("tar", ["-C", directory, "-cf", layer, "crane"])
    await registry.crane("append", "--new_layer", layer, "--new_tag", `${repository}/crane:marked`)
    const digest = (await registry.crane("digest", `${repository}/crane:marked`)).stdout.trim()
    writeFileSync(pins(), JSON.stringify({ repository, digests: { [crane]: digest } }))
    expect((await call("programs")).stdout).toContain(digest)
    const exported = await call("tool", "--name", "crane", "export", "--path", join(directory, "pulled"))
    expect(exported, exported.stderr.slice(-3000)).toMatchObject({ code: 0 })
    expect(readFileSync(join(directory, "pulled"), "utf8")).toContain("echo published")
  })

  test("one that cannot be pulled is made, and the call says why", async () => {
    // Another one each time: the engine would have the result of an earlier run, and the call would say nothing.
    const nowhere = randomBytes(32).toString("hex")
    writeFileSync(pins(), JSON.stringify({ repository, digests: { [crane]: `sha256:${nowhere}` } }))
    const exported = await call("tool", "--name", "crane", "export", "--path", join(directory, "made"))
    expect(exported, exported.stderr.slice(-3000)).toMatchObject({ code: 0 })
    expect(exported.stderr).toContain(`crane@sha256:${nowhere} cannot be pulled, so crane is compiled here`)
    expect((await command(join(directory, "made"), ["version"])).code).toBe(0)
  })
})
