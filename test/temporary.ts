// Directories of the tests, all of them below one that is this run's: nothing stays in /tmp, however a run ends.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const prefix = "wallet-world-tests-"

/** Where the run's processes find its directory. */
const variable = "WALLET_WORLD_TESTS_DIRECTORY"

/**
 * Makes the directory of this run, which goes when its process ends, and removes those of runs that were killed.
 * The main process of vitest does this once.
 */
export function beginRun(): void {
  removeDead()
  const directory = join(tmpdir(), `${prefix}${process.pid}`)
  mkdirSync(directory, { recursive: true })
  process.env[variable] = directory
  process.on("exit", () => remove(directory))
}

/** Removes the directories of runs whose process is no longer there. */
export function removeDead(): void {
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(prefix) && !isAlive(Number(name.slice(prefix.length)))) remove(join(tmpdir(), name))
}

/**
 * A new, empty directory.
 *
 * @param purpose the beginning of its name
 */
export const temporary = (purpose: string): string => mkdtempSync(join(ofRun(), `${purpose}-`))

/**
 * Makes a file that several files of tests need, and which run side by side: one makes it, the others wait.
 *
 * @param path the file; where it exists, nothing is made
 * @param make makes it, the last step being that it gets its name
 */
export async function once(path: string, make: () => Promise<void>): Promise<void> {
  const lock = join(ofRun(), `making-${encodeURIComponent(path)}`)
  while (!existsSync(path)) {
    try {
      mkdirSync(lock)
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 200))
      continue
    }
    try {
      if (!existsSync(path)) await make()
    } finally {
      rmdirSync(lock)
    }
  }
}

const ofRun = () => process.env[variable] ?? tmpdir()

const remove = (directory: string) => rmSync(directory, { recursive: true, force: true })

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
