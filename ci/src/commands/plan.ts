// plan: what a deployment would change, without changing anything.
import { buildGraph, formatPlan } from "../model/index.js"
import { plan } from "../steps/plan.js"
import type { Session } from "./session.js"

/**
 * Plans a deployment.
 *
 * @param session the call
 * @param name the environment's name
 * @param drift whether to ask AWS about infrastructure that should not have changed, too
 * @returns a table of the steps, and the changes of infrastructure
 */
export async function planDeployment(session: Session, name: string, drift: boolean): Promise<string> {
  const deployment = await session.deployment(name)
  const steps = await plan(buildGraph(deployment.environment), deployment, drift ? "all" : "changed")
  return formatPlan({ environment: name, target: deployment.target.title, steps })
}
