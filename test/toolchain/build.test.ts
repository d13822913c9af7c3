// Building parts: what is rebuilt when, kills, two builds at once, failures. The recipes are cheap, the scripts the real ones.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, it } from "vitest"
import { type Running, repository, run, temporary, until, write } from "./commands.ts"

let recipes: string
let cache: string
let journal: string

beforeEach(() => {
  recipes = temporary()
  cache = temporary()
  journal = write(join(temporary(), "journal"), "")
})

/** A part that notes in the journal that it was built. */
const part = (name: string, needs: string[], script = "", fields = "") =>
  write(
    join(recipes, "parts", `${name}.sh`),
    `needs="${needs.join(" ")}"\n${fields}\nbuild() {\n  echo ${name} >>"${journal}"\n  echo half >"$out/file"\n  ${script}\n  echo whole >"$out/file"\n}\n`,
  )
const build = (): Running =>
  run(join(repository, "toolchain/toolchain"), ["build"], {
    XDG_CACHE_HOME: cache,
    WALLET_WORLD_TOOLCHAIN_RECIPES: recipes,
  })
const built = () => readFileSync(journal, "utf8").split("\n").filter(Boolean)
/** The content of the file in every output of the part. */
const outputs = (name: string) => {
  const directory = join(cache, "wallet-world/parts", name)
  return existsSync(directory)
    ? readdirSync(directory).map((key) => readFileSync(join(directory, key, "file"), "utf8").trim())
    : []
}
const waitFor = (file: string) => `touch "${file}.waiting"; until [ -e "${file}" ]; do sleep 0.05; done`

describe("a build", () => {
  it("builds what is needed before what needs it, and nothing twice", async () => {
    part("first", [])
    part("second", ["first"], 'test -e "$(output first)/file"')
    expect(await build()).toMatchObject({ code: 0 })
    expect(built()).toEqual(["first", "second"])
    expect(await build()).toMatchObject({ code: 0 })
    expect(built()).toEqual(["first", "second"])
  })

  it("rebuilds what changed and what depends on it, and drops the old outputs", async () => {
    write(join(recipes, "data/input"), "1")
    part("input", [], "", 'uses="data"')
    part("dependent", ["input"])
    part("other", [])
    await build()
    write(join(recipes, "data/input"), "2")
    expect(await build()).toMatchObject({ code: 0 })
    expect(built().slice(3)).toEqual(["input", "dependent"])
    expect(readdirSync(join(cache, "wallet-world/parts/input"))).toHaveLength(1)
  })

  it("builds independent parts side by side", async () => {
    const [one, two] = [join(cache, "one"), join(cache, "two")]
    part("one", [], `touch ${one}; ${waitFor(two)}`)
    part("two", [], `touch ${two}; ${waitFor(one)}`)
    expect(await build()).toMatchObject({ code: 0 })
  })

  it("says what is built, elapsed and remaining", async () => {
    part("only", [], "", "seconds=90")
    const { stderr } = await build()
    expect(stderr).toMatch(/\[0:00\] only: started \(0 of 1 done, about 1:30 left\)/)
    expect(stderr).toMatch(/only: built in 0:0\d \(1 of 1 done, about 0:00 left\)/)
  })

  it("stops at a part that fails, shows the end of its log, and continues there the next time", async () => {
    const mended = join(cache, "mended")
    part("good", [])
    part("bad", ["good"], `[ -e ${mended} ] || { echo "the disk is sad"; false; }`)
    const failed = await build()
    expect(failed.code).toBe(1)
    expect(failed.stderr).toContain("the disk is sad")
    expect(failed.stderr).toContain("part bad failed")
    expect(outputs("bad")).toEqual([])
    write(mended, "")
    expect(await build()).toMatchObject({ code: 0 })
    expect(built()).toEqual(["good", "bad", "bad"])
  })

  it("refuses to start on a disk that is too small", async () => {
    part("huge", [], "", "megabytes=999999999")
    const { code, stderr } = await build()
    expect(code).toBe(1)
    expect(stderr).toMatch(/needs about \d+ MB below .* and \d+ MB are free/)
    expect(built()).toEqual([])
  })
})

describe("a build that is killed", () => {
  const chain = ["first", "second", "third"]

  it.each(chain)(
    "while it builds the %s part leaves nothing half done, and the next build continues",
    async (where) => {
      const go = join(cache, "go")
      const mark = `killed-${where}-${process.pid}`
      for (const [index, name] of chain.entries()) {
        part(
          name,
          chain.slice(0, index),
          name === where ? `( exec -a ${mark} sleep 300 ) & ${waitFor(go)}; kill $!` : "",
        )
      }
      const killed = build()
      await until(`part ${where}`, () => existsSync(`${go}.waiting`))
      killed.child.kill("SIGKILL")
      await killed
      const before = chain.slice(0, chain.indexOf(where))
      for (const name of chain) expect(outputs(name)).toEqual(before.includes(name) ? ["whole"] : [])
      await until("its processes to be gone", async () => (await run("pgrep", ["-f", mark], {})).code === 1)

      write(go, "")
      expect(await build()).toMatchObject({ code: 0 })
      for (const name of chain) expect(outputs(name)).toEqual(["whole"])
      expect(built()).toEqual([...before, where, where, ...chain.slice(before.length + 1)])
      expect(readdirSync(join(cache, "wallet-world/tmp"))).toEqual([])
    },
  )
})

describe("two builds at once on an empty cache", () => {
  it("build each part once, and both succeed", async () => {
    part("one", [], "sleep 0.5")
    part("two", ["one"], "sleep 0.5")
    const results = await Promise.all([build(), build(), build()])
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0])
    expect(built()).toEqual(["one", "two"])
    expect(outputs("two")).toEqual(["whole"])
  })
})
