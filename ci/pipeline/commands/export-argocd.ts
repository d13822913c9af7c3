// export-argocd: an environment's releases as Argo CD Applications.
import { argoApplications, buildGraph, select } from "../model/index.js"
import { plan } from "../steps/plan.js"
import type { Session } from "./session.js"

/**
 * The Applications of an environment, as YAML.
 *
 * @param session the call
 * @param name the environment's name
 * @throws when its images, charts or infrastructure are not there yet: the Applications name them by digest and output
 */
export async function exportArgocd(session: Session, name: string): Promise<string> {
  const deployment = await session.deployment(name)
  const { stage, yields } = deployment
  const all = buildGraph(stage)
  const needed = new Set(all.steps.flatMap((step) => (step.kind === "release" && !step.shared ? step.needs : [])))
  const graph = select(all, ({ id, kind }) => kind !== "release" && needed.has(id))
  const missing = (await plan(graph, deployment, "none")).filter(({ action }) => /create|unknown/.test(action))
  if (missing.length > 0) {
    const steps = missing.map(({ step }) => step).join(", ")
    throw new Error(`not deployed yet, but the Applications would refer to it: ${steps}. Run \`deploy --env ${name}\``)
  }
  const { host } = await deployment.registry()
  const charts = Object.entries(yields.charts).map(([chart, { digest }]) => [chart, digest])
  return argoApplications(stage, {
    registry: host,
    server: deployment.cluster().endpoint,
    charts: Object.fromEntries(charts),
    lookup: deployment.lookup(),
  })
}
