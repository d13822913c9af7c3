// The toolchain's runtime for TypeScript modules: a module with each kind of argument and result that the SDK knows.
import { rmSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { temporary } from "../temporary.js"
import { repository, run, write } from "./commands.ts"

const module = temporary("toolchain-sdk")
const env = { XDG_CACHE_HOME: process.env.XDG_CACHE_HOME || join(homedir(), ".cache") }
const call = (...args: string[]) =>
  run(join(repository, "daggerw"), ["--silent", "-m", module, "call", ...args], env, module)

beforeAll(() => {
  write(join(module, "dagger.json"), '{"name":"kinds","engineVersion":"v0.21.8","sdk":{"source":"typescript"}}')
  write(join(module, "package.json"), '{"imports":{"#*":"./own/*"}}')
  write(join(module, "src/index.ts"), source)
  write(join(module, "src/names.ts"), 'export const shout = (name: string) => name.toUpperCase() + "!"\n')
  write(join(module, "own/later/index.ts"), 'export const later: string = "later"\n')
})
afterAll(() => rmSync(module, { recursive: true }))

const source = `import { dag, type Directory, type File, func, object } from "@dagger.io/dagger"
import { shout } from "./names"

export enum Colour {
  Red = "the red one",
  Blue = "the blue one",
}

export type Pair = { left: string; right: number }

@object()
export class Part {
  @func()
  name: string
  hidden: string

  constructor(name: string) {
    this.name = name
    this.hidden = "seen by " + name
  }

  @func()
  reveal(): string {
    return this.hidden
  }
}

@object()
export class Kinds {
  @func()
  greeting: string

  constructor(greeting: string = "hello") {
    this.greeting = greeting
  }

  @func()
  greet(names: string[], loud: boolean = false): string {
    const all = names.map((name) => (loud ? shout(name) : name)).join(" and ")
    return this.greeting + " " + all
  }

  @func()
  async parts(count: number): Promise<Part[]> {
    return Array.from({ length: count }, (_, index) => new Part("part " + index))
  }

  @func()
  other(colour: Colour): Colour {
    if (!Object.values(Colour).includes(colour)) throw new Error("got " + colour)
    return colour === Colour.Red ? Colour.Blue : Colour.Red
  }

  @func()
  pair(left?: string): Pair {
    return { left: left ?? "nothing", right: 7 }
  }

  @func()
  async size(file: File): Promise<number> {
    return (await file.contents()).length
  }

  @func()
  made(): Directory {
    return dag.directory().withNewFile("made.txt", "made")
  }

  @func()
  async imported(): Promise<string> {
    // @ts-ignore: found at run time
    return (await import("#later/index.js")).later
  }

  @func()
  fails(): string {
    throw new Error("this is why")
  }

  @func()
  async failsInside(): Promise<string> {
    return dag.container().from("debian:trixie-slim").withExec(["sh", "-c", "echo inside >&2; exit 3"]).stdout()
  }
}
`

describe("a module", () => {
  it.each([
    [
      "an argument of the constructor, and a default",
      ["--greeting=good day", "greet", "--names=a,b"],
      "good day a and b",
    ],
    ["an import without an ending, and a switch", ["greet", "--names=a", "--loud"], "hello A!"],
    ["a list of objects, with what they keep", ["parts", "--count=2", "reveal"], "seen by part 0\nseen by part 1"],
    ["an enumeration, both ways", ["other", "--colour=Red"], "BLUE"],
    ["an object without methods, and an argument that is left out", ["pair", "left"], "nothing"],
    ["a whole number in it", ["pair", "--left=x", "right"], "7"],
    ["a file", ["size", "--file=src/names.ts"], "64"],
    ["a directory that it makes", ["made", "file", "--path=made.txt", "contents"], "made"],
    ["an import by a name of its own", ["imported"], "later"],
  ])("%s", async (_, args, expected) => {
    const { code, stdout, stderr } = await call(...args)
    expect(stdout.trim(), stderr).toBe(expected)
    expect(code).toBe(0)
  })

  it("an error says why", async () => {
    const { code, stderr } = await call("fails")
    expect(code).not.toBe(0)
    expect(stderr).toContain("this is why")
  })

  it("an error of a command has its exit code and what it printed", async () => {
    const { code, stderr } = await call("fails-inside")
    expect(code).not.toBe(0)
    expect(stderr).toMatch(/exit code: 3/)
    expect(stderr).toContain("inside")
  })
})
