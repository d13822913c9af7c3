// deploy: carries out the graph of an environment or a cluster and says what happened, what runs and where to look.
import { buildGraph, describeLeftover, type Graph, type Owner, type StepResult, select } from "../model/index.js"
import type { Deployment } from "../steps/deployment.js"
import { execute } from "../steps/execute.js"
import { findLeftovers, removeLeftovers } from "../steps/leftovers.js"
import { plan } from "../steps/plan.js"
import { whatRuns } from "../steps/pods.js"
import { record, recordBegin } from "../steps/record.js"
import { reasonOf } from "../tools/say.js"
import { failures, resultText } from "./result.js"
import type { Session } from "./session.js"

/**
 * Deploys an environment or a cluster, and deletes what it owns and its file no longer names.
 *
 * @param session the call
 * @param owner which environment or cluster
 * @param confirm the name once more: lets something be deleted that is protected
 * @returns the table of steps, the table of pods, where to look, and what was recorded
 * @throws with the same table, when a step failed; before anything is changed, when it is protected and
 *   something would be deleted that is not confirmed
 */
export async function deploy(session: Session, owner: Owner, confirm: string): Promise<string> {
  const started = new Date()
  const deployment = await session.deployment(owner)
  const graph = buildGraph(deployment.stage)
  const confirmed = !deployment.stage.protected || confirm === owner.name
  const { results, recorded } = await session.alone(deployment, async () => {
    if (!confirmed) await refuseDeletions(graph, deployment)
    await recordBegin(deployment, started)
    const done = await execute(graph, deployment)
    const results = [...done, ...(await clean(done, deployment))]
    const recorded = await record(deployment, results, started)
    return { results, recorded: deployment.target.gone ? [] : [recorded] }
  })
  if (failures(results).length > 0) return resultText(deployment, results, ...recorded)
  return resultText(deployment, results, ...(await whatRuns(deployment)), ...recorded)
}

/** Changes nothing: looks where the cluster is, and what is in it. */
async function refuseDeletions(graph: Graph, deployment: Deployment): Promise<void> {
  const { name } = deployment.stage
  const cluster = select(graph, ({ id }) => id === "infra:cluster" || id === "infra:shared")
  await plan(cluster, deployment, "none")
  const gone = (await findLeftovers(deployment)).filter(({ kept }) => !kept)
  if (gone.length === 0) return
  const list = gone.map((leftover) => `  ${describeLeftover(leftover)}`).join("\n")
  throw new Error(
    `${name} is protected, and its file no longer names what it owns:\n${list}\n` +
      `Nothing was changed. To deploy and delete this: --confirm ${name}; to keep it, name it in the file again`,
  )
}

/** What is no longer named goes once everything that takes its place is there. */
async function clean(done: StepResult[], deployment: Deployment): Promise<StepResult[]> {
  if (failures(done).length > 0) return []
  try {
    return await removeLeftovers(await findLeftovers(deployment), deployment)
  } catch (error) {
    // What was done is shown and recorded all the same.
    return [{ step: "leftovers", outcome: "failed", note: reasonOf(error) }]
  }
}
