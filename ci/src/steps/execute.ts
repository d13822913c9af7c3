// Carries out a graph: each step as soon as what it needs is done; a failure stops only what depends on it.
import type { Graph, Step as GraphStep, StepResult } from "../model/index.js"
import type { Deployment } from "./deployment.js"
import { stepFor } from "./index.js"

const outcomes = { create: "created", update: "updated", unchanged: "unchanged" } as const

/**
 * Deploys the steps of a graph and keeps what they yield in the deployment.
 *
 * @param graph the steps, with what each needs
 * @param deployment the deployment
 * @returns what happened to each step, in the graph's order; it never throws for a step that failed
 */
export async function execute(graph: Graph, deployment: Deployment): Promise<StepResult[]> {
  const running = new Map<string, Promise<StepResult>>()
  for (const step of graph.steps) {
    // The graph lists a step after those that it needs, so they are all running already.
    const needs = step.needs.map((id) => running.get(id)).filter((need) => need !== undefined)
    running.set(step.id, after(needs, step, deployment))
  }
  return Promise.all(running.values())
}

async function after(needs: Promise<StepResult>[], step: GraphStep, deployment: Deployment): Promise<StepResult> {
  const failed = (await Promise.all(needs)).filter(({ outcome }) => outcome === "failed" || outcome === "skipped")
  if (failed.length > 0) {
    return { step: step.id, outcome: "skipped", note: `needs ${failed.map((result) => result.step).join(", ")}` }
  }
  const started = Date.now()
  const seconds = () => (Date.now() - started) / 1000
  console.log(`${step.id}: started`)
  try {
    const work = stepFor(step, deployment)
    const found = await work.inspect()
    const { action, why } = work.plan(found)
    console.log(`${step.id}: ${action} (${why})`)
    const outputs = work.outputs(action === "unchanged" ? found : await work.apply(found))
    deployment.keep(step.id, outputs)
    console.log(`${step.id}: ${outcomes[action]} after ${seconds().toFixed(1)} s`)
    return { step: step.id, outcome: outcomes[action], identity: outputs.version, seconds: seconds() }
  } catch (error) {
    // A command that the engine ran by itself says what was wrong on its standard error.
    const { message, stderr } = error as Error & { stderr?: string }
    const note = stderr ? `${message}\n${stderr}` : message
    console.log(`${step.id}: failed after ${seconds().toFixed(1)} s: ${note}`)
    return { step: step.id, outcome: "failed", seconds: seconds(), note }
  }
}
