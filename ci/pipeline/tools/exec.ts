// Runs one command of a tool in its container and turns a failure into an error that says what the tool said.
import { type Container, ReturnType } from "@dagger.io/dagger"
import { fresh } from "./nonce.js"

/** What a command printed and left behind. */
export interface Done {
  stdout: string
  stderr: string
  /** The container after the command: what it wrote is there for the next one. */
  box: Container
}

/**
 * Runs a command that has an effect or reads what may have changed: never out of the engine's cache.
 *
 * @param box the container
 * @param command the command and its arguments
 * @throws with the command's first words and what it printed, when it fails
 */
export async function run(box: Container, command: string[]): Promise<Done> {
  const done = fresh(box).withExec(command, { expect: ReturnType.Any })
  const [code, stdout, stderr] = await Promise.all([done.exitCode(), done.stdout(), done.stderr()])
  if (code !== 0) throw new Error(`${command.slice(0, 2).join(" ")}: ${(stderr || stdout).trim()}`)
  return { stdout, stderr, box: done }
}
