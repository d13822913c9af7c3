// A command whose container the engine has lost at its end is run once more; every other failure is what it is.
import type { Container } from "@dagger.io/dagger"
import { beforeEach, expect, test, vi } from "vitest"
import { run, runOnce } from "../../ci/pipeline/tools/exec.js"

const lost =
  'cleanup failed: "runc delete container": /usr/local/bin/runc did not terminate successfully: exit status 1: container does not exist'

/** A container in which a command fails in the engine as often as there are errors, and then ends with 0. */
function container(errors: string[]) {
  const commands: string[][] = []
  const box = {
    withNewFile: () => box,
    withEnvVariable: () => box,
    withExec: (command: string[]) => {
      commands.push(command)
      return box
    },
    file: () => ({ contents: async () => "said" }),
    exitCode: async () => {
      const error = errors.shift()
      if (error) throw new Error(error)
      return 0
    },
  }
  return { box: box as unknown as Container, commands }
}

beforeEach(() => {
  vi.spyOn(console, "log").mockImplementation(() => {})
})

test("it is run once more", async () => {
  const { box, commands } = container([lost])
  expect((await run(box, ["helm", "list"])).stdout).toBe("said")
  expect(commands).toEqual([
    ["quietly", "helm", "list"],
    ["quietly", "helm", "list"],
  ])
})

test("it fails when that happens again, or for another reason", async () => {
  await expect(run(container([lost, lost]).box, ["helm"])).rejects.toThrow("container does not exist")
  const { box, commands } = container(["no space left on device"])
  await expect(run(box, ["helm"])).rejects.toThrow("no space left")
  expect(commands).toHaveLength(1)
})

test("what must not run twice fails at once", async () => {
  const { box, commands } = container([lost])
  await expect(runOnce(box, ["helm", "upgrade"])).rejects.toThrow("container does not exist")
  expect(commands).toHaveLength(1)
})
