// Says what a deployment would do, without doing any of it.
import type { Graph, PlannedStep, Stage } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { workFor } from "./index.js"
import { infrastructureChanges } from "./infrastructure.js"
import { walk } from "./walk.js"

/** For which infrastructure OpenTofu is asked what would change: none, what is not as it was recorded, or all of it. */
export type Ask = "none" | "changed" | "all"

/**
 * Plans every step of a graph. A step is "unknown" as long as something that it needs has yet to be made.
 *
 * @param graph the steps, with what each needs
 * @param deployment the deployment
 * @param ask for which infrastructure OpenTofu is asked; that takes some 10 s a unit
 * @throws when the target cannot be asked
 */
export async function plan(graph: Graph, deployment: Deployment, ask: Ask): Promise<PlannedStep[]> {
  return walk<PlannedStep>(graph, async (step, needs) => {
    const missing = needs.filter(({ action }) => action === "create" || action === "unknown")
    if (missing.length > 0)
      return { step: step.id, action: "unknown", summary: `follows ${missing.map((need) => need.step).join(", ")}` }
    const work = workFor(step, deployment)
    const found = await work.inspect()
    const { action, why } = work.plan(found)
    work.keep(found)
    const asked = ask === "all" || (ask === "changed" && action === "update")
    if (step.kind === "infrastructure" && action !== "create" && asked) {
      const details = await infrastructureChanges(step.stage, deployment)
      if (action === "unchanged" && details.length > 0) {
        const command = `infra ${optionsFor(step.stage, deployment)} --action apply`
        return {
          step: step.id,
          action: "update",
          summary: `AWS is not as it was left; put it right: ${command}`,
          details,
        }
      }
      return { step: step.id, action, summary: why, details }
    }
    return { step: step.id, action, summary: why }
  })
}

/** The options of `infra` that name a stage. */
function optionsFor({ scope, name }: Stage, { stage }: Deployment): string {
  const owner = scope === "environment" ? { scope, name } : stage
  return `${owner.scope === "environment" ? "--env" : "--cluster"} ${owner.name} --scope ${scope}`
}
