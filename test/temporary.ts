// Directories of the tests, all of them below one that is this run's: nothing stays in /tmp, however a run ends.
import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

/** The ids of processes mean nothing in another container that shares /tmp. */
const prefix = `wallet-world-tests-${namespaceOfIds()}-`

/** Where the run's processes find its directory. */
const variable = "WALLET_WORLD_TESTS_DIRECTORY"

/**
 * Makes the directory of this run, which goes when its process ends, and removes those of runs that were killed.
 * The main process of vitest does this, once more whenever it reads its configuration again.
 */
export function beginRun(): void {
  if (process.env[variable]) return
  removeDead()
  const directory = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  process.env[variable] = directory
  process.on("exit", () => remove(directory))
}

/** Removes the directories of runs whose process is no longer there; another user's stay. */
export function removeDead(): void {
  for (const name of readdirSync(tmpdir())) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue
    try {
      remove(join(tmpdir(), name))
    } catch (error) {
      if (!["EACCES", "EPERM"].includes(String((error as NodeJS.ErrnoException).code))) throw error
    }
  }
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
  while (!isMine(lock)) await new Promise((resolve) => setTimeout(resolve, 200))
  try {
    if (!existsSync(path)) await make()
  } finally {
    rmSync(lock)
  }
}

/** Takes a lock, a link that names its holder, unless another process has it that is still there. */
function isMine(lock: string): boolean {
  try {
    symlinkSync(String(process.pid), lock)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
  }
  try {
    if (!isAlive(Number(readlinkSync(lock)))) rmSync(lock)
  } catch (error) {
    // It has just been given back.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
  }
  return false
}

const ofRun = () => process.env[variable] ?? tmpdir()

const remove = (directory: string) => rmSync(directory, { recursive: true, force: true })

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    // Somebody else's process may not be asked, but it is there.
    return (error as NodeJS.ErrnoException).code === "EPERM"
  }
}

function namespaceOfIds(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "")
  } catch {
    return "host"
  }
}
