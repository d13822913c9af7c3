// Does the work of one step, says so as it goes, and turns an error into a result.
import type { StepResult } from "../model/index.js"
import { reasonOf, say } from "../tools/say.js"

/** That something was deleted, and what else had to be done for it. */
export const deleted = (notes: readonly string[] = []): Pick<StepResult, "outcome" | "note"> => ({
  outcome: "deleted",
  ...(notes.length > 0 && { note: notes.join("\n") }),
})

/** Seconds after which it is said that a step is still looking at what is there, or at work. */
const silence = 60

/**
 * Does the work of one step, says so as it goes, and turns an error into a result. The work is given what says what it
 * begins to do: one line; where that is nothing, no further line says that it has ended.
 */
export async function timed(
  { id }: { id: string },
  work: (now: (doing: string) => void) => Promise<Pick<StepResult, "outcome" | "identity" | "note">>,
): Promise<StepResult> {
  const started = Date.now()
  const seconds = () => (Date.now() - started) / 1000
  let doing = "looking at what is there"
  const timer = setInterval(() => say(`${id}: ${doing}, for ${seconds().toFixed(0)} s`), silence * 1000)
  try {
    const done = await work((text) => {
      doing = text
      say(`${id}: ${text}`)
    })
    if (done.outcome !== "unchanged") say(`${id}: ${done.outcome} after ${seconds().toFixed(1)} s`)
    return { step: id, ...done, seconds: seconds() }
  } catch (error) {
    const note = reasonOf(error)
    say(`${id}: failed after ${seconds().toFixed(1)} s: ${note}`)
    return { step: id, outcome: "failed", seconds: seconds(), note }
  } finally {
    clearInterval(timer)
  }
}
