// Runs commands, takes times, and shows them: what every measurement stands on.
import { $, path } from "zx"

/** The checkout that is measured. */
export const root = path.resolve(import.meta.dirname, "..")

/** The wrapper, by its full path, so that it can be run in any directory. */
export const daggerw = path.join(root, "daggerw")

/**
 * Runs a command and takes its time.
 *
 * @param command program and arguments
 * @param options `cwd` and `env`, as zx takes them; `limit`: seconds after which it is ended (an hour)
 * @returns seconds, and what it printed
 * @throws with the end of its output, when it fails or is ended
 */
export async function timed(command, { cwd = root, env = {}, limit = 3_600 } = {}) {
  const began = performance.now()
  const options = { cwd, env: { ...process.env, ...env }, timeout: `${limit}s`, quiet: true, nothrow: true }
  const result = await $(options)`${command}`
  const seconds = (performance.now() - began) / 1000
  if (result.exitCode !== 0)
    throw new Error(`${command.join(" ")} ended with ${result.exitCode}:\n${result.stderr.slice(-5_000)}`)
  return { seconds, stdout: result.stdout, stderr: result.stderr }
}

/**
 * One line of the result.
 *
 * @param what what was measured
 * @param values a number for each run
 * @param more `aim`: the number that it should not exceed; `unit`: s, x for a ratio, or nothing for a number of things
 */
export function row(what, values, { aim, unit = "s" } = {}) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  const median = sorted.length % 2 ? sorted[Math.floor(middle)] : (sorted[middle - 1] + sorted[middle]) / 2
  return { what, unit, runs: values.length, min: sorted[0], median, max: sorted.at(-1), aim, values }
}

const digits = { s: 1, x: 2, "": 0 }

/** Prints rows as a table. */
export function print(rows) {
  const number = (value, unit) => (value === undefined ? "" : `${value.toFixed(digits[unit])} ${unit}`.trim())
  const cells = rows.map(({ what, unit, runs, min, median, max, aim }) => [
    what,
    String(runs),
    ...[min, median, max, aim].map((value) => number(value, unit)),
    aim === undefined ? "" : median <= aim ? "met" : "missed",
  ])
  const table = [["", "runs", "min", "median", "max", "aim", ""], ...cells]
  const widths = table[0].map((_, column) => Math.max(...table.map((line) => line[column].length)))
  for (const line of table) {
    const padded = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    )
    console.log(padded.join("  ").trimEnd())
  }
}

/** Which state of the repository was measured. */
export async function checkout() {
  const git = async (...args) => (await $({ cwd: root, quiet: true, nothrow: true })`git ${args}`).stdout.trim()
  return { commit: await git("rev-parse", "HEAD"), changed: (await git("status", "--porcelain")) !== "" }
}
