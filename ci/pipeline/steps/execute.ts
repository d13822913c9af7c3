// Carries out a graph: each step as soon as what it needs is done; a failure stops only what depends on it.
import { type Graph, type Stage, type Step, type StepResult, sameOwner } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { workFor } from "./index.js"
import { Busy } from "./lease.js"
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
      const work = workFor(step, deployment)
      const look = async () => {
        const found = await work.inspect()
        const planned = work.plan(found)
        const asked = step.id === always && planned.action === "unchanged"
        return { found, ...(asked ? { action: "update" as const, why: "asked for, though nothing changed" } : planned) }
      }
      const seen = await look()
      now(`${seen.action} (${seen.why})`)
      const done = async ({ found, action }: typeof seen) => {
        const { version, note } = work.keep(action === "unchanged" ? found : await work.apply(found))
        return { outcome: outcomes[action], identity: version, ...(note && { note }) }
      }
      if (seen.action === "unchanged") return done(seen)
      if (!("stage" in step)) {
        await deployment.mayChange()
        return done(seen)
      }
      const { stage } = step
      const change = async (fresh: boolean) => {
        // Another run may have done it before this one had the lease.
        const current = fresh || !sameOwner(stage, deployment.stage) ? await look() : seen
        if (current.action !== seen.action || current.why !== seen.why) now(`${current.action} (${current.why})`)
        if (current.action !== "unchanged") await deployment.mayChange(stage)
        return done(current)
      }
      return withLease(stage, deployment, change, async () => {
        const current = await look()
        return current.action === "unchanged" ? done(current) : undefined
      })
    })
  })
}

/** Seconds after which a step that waits for another run looks whether that has done what it waits for. */
const between = 30
/** Seconds to wait for one run. */
const patience = 30 * 60

/**
 * Does work while it holds the lease of a stage, or what is left of it once another run, which holds it, has done the rest.
 *
 * @param change the work; it is told whether the lease was taken for it
 * @param without what there is to do without the lease; undefined as long as something has to be changed
 */
async function withLease<T>(
  stage: Stage,
  { leases }: Deployment,
  change: (fresh: boolean) => Promise<T>,
  without: () => Promise<T | undefined>,
): Promise<T> {
  let since = Date.now()
  let holder: string | undefined
  for (let tries = 0; ; tries++) {
    try {
      return await leases.holding(stage, change, { patience: between, quiet: tries > 0 })
    } catch (error) {
      if (!(error instanceof Busy)) throw error
      if (error.holder !== holder) {
        holder = error.holder
        since = Date.now()
      }
      const done = await without()
      if (done) return done
      if (Date.now() - since > patience * 1000) throw error
    }
  }
}

/**
 * Destroys steps one after the other. A failure ends it, because what comes later may be needed by what is still there.
 *
 * @param steps the steps, in the order in which they are destroyed
 * @param deployment the deployment
 * @returns what happened to each step up to the one that failed
 */
export async function destroySteps(steps: Step[], deployment: Deployment): Promise<StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    const result = await timed(step, async (now) => {
      now("delete")
      await deployment.mayChange()
      return deleted(await workFor(step, deployment).destroy())
    })
    results.push(result)
    if (result.outcome === "failed") break
  }
  return results
}
