// Visits the steps of a graph: each as soon as those that it needs were visited, side by side with all others.
import type { Graph, Step } from "../model/index.js"

/**
 * Visits every step.
 *
 * @param graph the steps, with what each needs
 * @param visit is given a step and what the visits of those that it needs returned
 * @returns what the visits returned, in the graph's order
 * @throws what a visit throws
 */
export async function walk<T>(graph: Graph, visit: (step: Step, needs: T[]) => Promise<T>): Promise<T[]> {
  const visits = new Map<string, Promise<T>>()
  for (const step of graph.steps) {
    // The graph lists a step after those that it needs, so they are visited already.
    const needs = step.needs.map((id) => visits.get(id)).filter((need) => need !== undefined)
    visits.set(
      step.id,
      Promise.all(needs).then((done) => visit(step, done)),
    )
  }
  return Promise.all(visits.values())
}
