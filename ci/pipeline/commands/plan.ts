// plan: what a deployment would change, without changing anything.
import { buildGraph, formatPlan } from "../model/index.js"
import { findLeftovers, planLeftovers } from "../steps/leftovers.js"
import { plan } from "../steps/plan.js"
import type { Session } from "./session.js"

/**
 * Plans a deployment.
 *
 * @param session the call
 * @param name the environment's name
 * @param drift whether to ask AWS about infrastructure that should not have changed, too
 * @param refuseChanges whether changes are an error
 * @returns a table of the steps, and the changes of infrastructure
 * @throws with the same text, when something would change and changes are refused
 */
export async function planDeployment(
  session: Session,
  name: string,
  drift: boolean,
  refuseChanges: boolean,
): Promise<string> {
  const deployment = await session.deployment(name)
  const planned = await plan(buildGraph(deployment.environment), deployment, drift ? "all" : "changed")
  const steps = [...planned, ...planLeftovers(await findLeftovers(deployment))]
  const text = formatPlan({ environment: name, target: deployment.target.title, steps })
  if (refuseChanges && steps.some(({ action }) => action !== "unchanged")) throw new Error(text)
  return text
}
