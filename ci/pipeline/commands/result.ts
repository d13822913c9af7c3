// The text that a call on a target ends with: its first and its last line name the target.
import { formatResults, type StepResult } from "../model/index.js"
import type { Deployment } from "../steps/deployment.js"

/**
 * The text of what happened.
 *
 * @param deployment the deployment
 * @param results what happened to its steps
 * @param more paragraphs below the table
 * @throws with the same text, when a step failed
 */
export function resultText(deployment: Deployment, results: StepResult[], ...more: string[]): string {
  const { title, target } = deployment
  const failed = failures(results)
  const next =
    failed.length > 0
      ? [
          `failed: ${failed.join(", ")}; correct what is said above, then run the same command again${target.gone ? "" : ": it leaves alone what has succeeded"}`,
        ]
      : []
  const text = [title, formatResults(results), ...next, ...more, ...(target.gone ? [target.gone] : []), title].join(
    "\n\n",
  )
  if (failed.length > 0) throw new Error(text)
  return text
}

/** The steps that failed. */
export function failures(results: StepResult[]): string[] {
  return results.filter(({ outcome }) => outcome === "failed").map(({ step }) => step)
}
