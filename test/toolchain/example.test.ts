// The wrapper of examples/dappstore: what it pins, and what it runs. Its wallet-world is a Git repository made for a test.
import { execFileSync } from "node:child_process"
import { cpSync, readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { type Result, repository, run, temporary, write } from "./commands.ts"

const pinned = /^WALLET_WORLD_COMMIT=(.*)$/m
const deploy = ".github/workflows/deploy.yml"

let example: string
let source: string
let cache: string

beforeEach(() => {
  example = join(temporary(), "dappstore")
  for (const path of ["daggerw", "wallet-world.env", ".github"])
    cpSync(join(repository, "examples/dappstore", path), join(example, path), { recursive: true })
  cache = temporary()
  source = temporary()
  git("init", "--quiet", "--initial-branch=main")
})

const git = (...args: string[]) =>
  execFileSync("git", ["-c", "user.name=test", "-c", "user.email=test@example.org", ...args], {
    cwd: source,
    encoding: "utf8",
  }).trim()

/** A commit of wallet-world whose wrapper prints a text, where it is called and its arguments; on the branch that is checked out. */
function commit(text: string): string {
  write(join(source, "daggerw"), `#!/bin/bash\nprintf '<%s>' '${text}' "$PWD" "$@"\n`, 0o755)
  git("add", "--all")
  git("commit", "--quiet", "--message", text)
  return git("rev-parse", "HEAD")
}

const daggerw = (args: string[], env = {}): Promise<Result> =>
  run(join(example, "daggerw"), args, { WALLET_WORLD_REPOSITORY: `file://${source}`, XDG_CACHE_HOME: cache, ...env })

/** The text of all files, by path. */
const texts = () =>
  Object.fromEntries(
    readdirSync(example, { recursive: true, encoding: "utf8" })
      .filter((path) => statSync(join(example, path)).isFile())
      .map((path) => [path, readFileSync(join(example, path), "utf8")]),
  )

describe("update", () => {
  /** Updates, which must pin a commit wherever the present one stood, and change nothing else. */
  async function expectPinned(args: string[], wanted: string): Promise<void> {
    const before = texts()
    const old = pinned.exec(before["wallet-world.env"])?.[1] ?? ""
    expect(await daggerw(["update", ...args])).toMatchObject({
      code: 0,
      stdout: `wallet-world is pinned to ${wanted}; was ${old}\n`,
    })
    const after = Object.entries(before).map(([path, text]) => [path, text.replaceAll(old, wanted)])
    expect(texts()).toEqual(Object.fromEntries(after))
    for (const path of ["wallet-world.env", deploy]) expect(texts()[path]).toContain(wanted)
  }

  it("pins the newest commit of main, not one of a branch whose name ends so", async () => {
    commit("first")
    git("checkout", "--quiet", "-b", "feature/main")
    commit("other")
    git("checkout", "--quiet", "main")
    await expectPinned([], commit("second"))
    await expectPinned([], commit("third"))
  })

  it("pins the commit that a tag points to, annotated or not, rather than a branch of that name", async () => {
    const tagged = commit("first")
    git("tag", "--annotate", "v1", "--message", "First")
    git("tag", "v2")
    git("branch", "v1")
    commit("second")
    git("branch", "--force", "v1")
    expect(git("rev-parse", "refs/tags/v1")).not.toBe(tagged)
    await expectPinned(["v1"], tagged)
    await expectPinned(["main"], git("rev-parse", "main"))
    await expectPinned(["v2"], tagged)
  })

  it("pins a commit that is named itself, whether or not something points to it", async () => {
    const first = commit("first")
    const second = commit("second")
    await expectPinned([first], first)
    await expectPinned([second], second)
  })

  it("keeps the files' modes", async () => {
    commit("first")
    const modes = () => Object.keys(texts()).map((path) => [path, statSync(join(example, path)).mode])
    execFileSync("chmod", ["600", join(example, "wallet-world.env")])
    const before = modes()
    expect((await daggerw(["update"])).code).toBe(0)
    expect(modes()).toEqual(before)
  })

  it.each([
    ["a branch that there is not", ["man"], /has no branch or tag man; of a commit all 40 digits are needed/],
    ["a part of a branch's name", ["other"], /has no branch or tag other/],
    ["a commit that there is not", ["0123456789abcdef0123456789abcdef01234567"], /cannot fetch the commit 0123/],
    ["an abbreviated commit", ["SHORT"], /all 40 digits/],
  ])("%s: fails, and leaves every file as it is", async (_, [ref], message) => {
    const only = commit("first")
    git("branch", "an/other")
    const before = texts()
    const { code, stdout, stderr } = await daggerw(["update", ref === "SHORT" ? only.slice(0, 12) : ref])
    expect(stderr).toMatch(message)
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" })
    expect(texts()).toEqual(before)
  })

  it("a repository that cannot be asked: fails, and leaves every file as it is", async () => {
    const before = texts()
    const env = { WALLET_WORLD_REPOSITORY: `file://${source}/none` }
    const { code, stderr } = await daggerw(["update"], env)
    expect(stderr).toContain(`daggerw: error: cannot ask file://${source}/none for main`)
    expect(code).toBe(1)
    expect(texts()).toEqual(before)
  })

  it("a file that cannot be read: fails, and leaves every file as it is", async () => {
    commit("first")
    write(join(example, ".github/workflows/zoo.yml/file"), "a directory is no file")
    const before = texts()
    expect((await daggerw(["update"])).code).not.toBe(0)
    expect(texts()).toEqual(before)
  })
})

describe("what runs", () => {
  let checkout: string
  beforeEach(async () => {
    checkout = join(cache, "wallet-world/checkouts", commit("pinned"))
    expect((await daggerw(["update"])).code).toBe(0)
    commit("newer")
  })

  it.each([
    [["call", "plan", "--env", "a b"], "EXAMPLE", "<-m><CHECKOUT><call><plan><--env><a b>"],
    [["platform", "call", "deploy"], "CHECKOUT", "<call><deploy>"],
    [["sandbox", "status"], "EXAMPLE", "<sandbox><status>"],
    [["toolchain", "status"], "EXAMPLE", "<toolchain><status>"],
  ])("%j is the pinned commit's", async (args, where, passed) => {
    const { stdout } = await run(join(example, "daggerw"), args, { XDG_CACHE_HOME: cache, HOME: cache }, example)
    const places = (text: string) => text.replaceAll("EXAMPLE", example).replaceAll("CHECKOUT", checkout)
    expect(stdout).toBe(places(`<pinned><${where}>${passed}`))
  })

  it("a commit that cannot be fetched is an error that says what to look at", async () => {
    const env = { XDG_CACHE_HOME: temporary(), WALLET_WORLD_REPOSITORY: `file://${source}/none` }
    const { code, stderr } = await daggerw(["call", "environments"], env)
    expect(code).toBe(1)
    expect(stderr).toMatch(/cannot fetch the commit \w{40} of .*: is WALLET_WORLD_REPOSITORY in wallet-world.env right/)
    expect(readdirSync(join(env.XDG_CACHE_HOME, "wallet-world/checkouts"))).toEqual([])
  })
})
