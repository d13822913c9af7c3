// What the module says: the cause first, without the engine's marks, without secrets, and never from anywhere else.
import { readdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { describe, expect, test } from "vitest"
import { withinBorder } from "../../ci/pipeline/commands/border.js"
import { secrets } from "../../ci/pipeline/model/index.js"
import { reasonOf } from "../../ci/pipeline/tools/say.js"

const mark = "[traceparent:8a3363a90e36b75e39d5c26de0286cc9-fb8de840ef712c7b]"

/** An error of the engine's for a command that failed, as its SDK throws it. */
const failed = (message: string, streams: object) => Object.assign(new Error(message), { exitCode: 1, ...streams })

describe("the reason of a failure", () => {
  test("begins with what the command said", () => {
    const error = failed(`process "npm test" did not complete successfully: exit code: 1 ${mark}`, {
      stdout: "ok 1\n",
      stderr: "not ok 2 - takes a name\n",
    })
    expect(reasonOf(error)).toBe(
      'not ok 2 - takes a name\n(process "npm test" did not complete successfully: exit code: 1)',
    )
  })

  test("is what the command printed, where it did not complain", () => {
    expect(reasonOf(failed("exit code: 1", { stdout: "1 failed\n", stderr: "" }))).toBe("1 failed\n(exit code: 1)")
  })

  test("has no mark of the engine's, at the end, within, or twice", () => {
    expect(reasonOf(new Error(`first ${mark}\nsecond ${mark} third`))).toBe("first\nsecond third")
  })

  test("is told once", () => {
    expect(reasonOf(failed("helm push: denied", { stderr: "denied" }))).toBe("helm push: denied")
  })

  test("may be no error at all", () => {
    expect(reasonOf("a text")).toBe("a text")
    expect(reasonOf(undefined)).toBe("undefined")
  })
})

describe("the border of a call", () => {
  const secret = secrets.know("3q2-7wWlYSCc4k")

  test("lets no secret out, whatever the call does", async () => {
    expect(await withinBorder(async () => `password: ${secret}`)).toBe("password: ***\n")
    await expect(withinBorder(() => Promise.reject(new Error(`bad ${encodeURIComponent(secret)}`)))).rejects.toThrow(
      /^bad \*\*\*$/,
    )
  })

  test.each(["text", "text\n", "text\n\n"])("ends the text %j with the end of a line", async (text) => {
    expect(await withinBorder(async () => text)).toBe("text\n")
  })

  test("leaves other results as they are", async () => {
    const result = { a: 1 }
    expect(await withinBorder(async () => result)).toBe(result)
  })
})

describe("nothing goes into the engine's trace unseen", () => {
  const root = resolve(import.meta.dirname, "../../ci/pipeline")
  const files = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"))
  /** Who may, and why: exec.ts guards what it shows; a service's own tests are shown as they run; say.ts masks. */
  const allowed = ["tools/exec.ts", "commands/test.ts", "tools/say.ts"]

  test.each(files.filter((path) => !allowed.includes(path)))("%s runs commands and speaks through tools/", (path) => {
    const text = readFileSync(join(root, path), "utf8")
    // redirectStdout keeps a copy in a file; the engine shows what is printed all the same.
    expect(text).not.toMatch(/\.stdout\(\)|\.stderr\(\)|redirectStd(out|err)|\bconsole\./)
  })
})
