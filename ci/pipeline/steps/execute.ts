// Carries out a graph: each step as soon as what it needs is done; a failure stops only what depends on it.
import type { Graph, Step as GraphStep, StepResult } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { stepFor } from "./index.js"
import { deleted, timed } from "./timed.js"
import { walk } from "./walk.js"

const outcomes = { create: "created", update: "updated", unchanged: "unchanged" } as const

/**
 * Deploys the steps of a graph and keeps what they yield in the deployment.
 *
 * @param graph the steps, with what each needs
 * @param deployment the deployment
 * @param always the step that is applied even where its record says that nothing has changed
 * @returns what happened to each step, in the graph's order; it never throws for a step that failed
 */
export async function execute(graph: Graph, deployment: Deployment, always?: string): Promise<StepResult[]> {
  return walk<StepResult>(graph, async (step, needs) => {
    const failed = needs.filter(({ outcome }) => outcome === "failed" || outcome === "skipped")
    if (failed.length > 0)
      return { step: step.id, outcome: "skipped", note: `needs ${failed.map((need) => need.step).join(", ")}` }
    return timed(step, async (now) => {
      const work = stepFor(step, deployment)
      const found = await work.inspect()
      const planned = work.plan(found)
      const asked = step.id === always && planned.action === "unchanged"
      const { action, why } = asked ? { action: "update" as const, why: "asked for, though nothing changed" } : planned
      now(`${action} (${why})`)
      if (action !== "unchanged") await deployment.mayChange()
      const outputs = work.outputs(action === "unchanged" ? found : await work.apply(found))
      deployment.keep(step.id, outputs)
      return { outcome: outcomes[action], identity: outputs.version, ...(outputs.note && { note: outputs.note }) }
    })
  })
}

/**
 * Destroys steps one after the other. A failure ends it, because what comes later may be needed by what is still there.
 *
 * @param steps the steps, in the order in which they are destroyed
 * @param deployment the deployment
 * @returns what happened to each step up to the one that failed
 */
export async function destroySteps(steps: GraphStep[], deployment: Deployment): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    const result = await timed(step, async (now) => {
      now("delete")
      await deployment.mayChange()
      return deleted(await stepFor(step, deployment).destroy())
    })
    results.push(result)
    if (result.outcome === "failed") break
  }
  return results
}
