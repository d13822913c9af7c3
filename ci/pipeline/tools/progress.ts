// Makes several things side by side and says how far it is, for whoever waits for all of them.
import { say } from "./say.js"

/** One of the things that are made. */
export interface Part {
  name: string
  /** About how long it takes when nothing is cached, for the guess of how long still. */
  seconds: number
  make(): Promise<unknown>
}

/** Seconds before which nothing is said: what is cached is there at once. */
const patience = 3

/**
 * Makes all parts.
 *
 * @param what what they are for
 * @param parts the parts
 * @throws what the first part that fails throws
 */
export async function makeAll(what: string, parts: Part[]): Promise<void> {
  const started = Date.now()
  const waiting = new Set(parts)
  const tell = () => {
    const elapsed = (Date.now() - started) / 1000
    if (elapsed >= patience) say(progress(what, parts, waiting, elapsed))
  }
  const timer = setTimeout(tell, patience * 1000)
  try {
    await Promise.all(
      parts.map(async (part) => {
        await part.make()
        waiting.delete(part)
        tell()
      }),
    )
  } finally {
    clearTimeout(timer)
  }
}

/**
 * How far it is, in one line.
 *
 * @example
 * the sandbox: 2 of 3 programs made, kubernetes under way, about 4:10 left
 */
export function progress(what: string, parts: readonly Part[], waiting: ReadonlySet<Part>, elapsed: number): string {
  const made = parts.length - waiting.size
  if (waiting.size === 0) return `${what}: all ${parts.length} programs made, starting them`
  const sum = (some: Iterable<Part>) => [...some].reduce((seconds, part) => seconds + part.seconds, 0)
  const left = sum(waiting)
  // As much slower than usual as it was so far; not faster, because what is cached took no time.
  const pace = made > 0 ? Math.max(1, elapsed / (sum(parts) - left)) : 1
  const names = [...waiting].map(({ name }) => name).join(", ")
  return `${what}: ${made} of ${parts.length} programs made, ${names} under way, about ${clock(left * pace)} left`
}

const clock = (seconds: number) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`
