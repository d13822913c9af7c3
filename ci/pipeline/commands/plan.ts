// plan: what a deployment would change, without changing anything.
import { buildGraph, formatPlan, type Owner } from "../model/index.js"
import { findLeftovers, planLeftovers } from "../steps/leftovers.js"
import { plan } from "../steps/plan.js"
import type { Session } from "./session.js"

/**
 * Plans a deployment.
 *
 * @param session the call
 * @param owner which environment or cluster
 * @param drift whether to ask AWS about infrastructure that should not have changed, too
 * @param refuseChanges whether changes are an error
 * @returns a table of the steps, and the changes of infrastructure
 * @throws with the same text, when something would change and changes are refused
 */
export async function planDeployment(
  session: Session,
  owner: Owner,
  drift: boolean,
  refuseChanges: boolean,
): Promise<string> {
  const deployment = await session.deployment(owner)
  const planned = await plan(buildGraph(deployment.stage), deployment, drift ? "all" : "changed")
  const steps = [...planned, ...planLeftovers(await findLeftovers(deployment), deployment.stage)]
  const text = formatPlan({ title: deployment.title, steps })
  if (refuseChanges && steps.some(({ action }) => action !== "unchanged")) throw new Error(text)
  return text
}
