// From a step of the graph to what carries it out.
import type { Step } from "../model/index.js"
import { chartWork } from "./chart.js"
import type { Deployment } from "./deployment.js"
import { handoverWork, toldWork } from "./handover.js"
import { imageWork } from "./image.js"
import { infrastructureWork } from "./infrastructure.js"
import { releaseWork } from "./release.js"
import type { Work } from "./work.js"

/**
 * What carries out a step of the graph.
 *
 * @param step the step, as the model plans it
 * @param deployment the deployment that it belongs to
 */
export function workFor(step: Step, deployment: Deployment): Work {
  switch (step.kind) {
    case "infrastructure":
      return infrastructureWork(step.id, step.stage, deployment) as Work
    case "image":
      return imageWork(step.id, step.name, step.image, deployment) as Work
    case "chart":
      return chartWork(step.id, step.directory, deployment) as Work
    case "release":
      return releaseWork(step.id, step.name, step, deployment) as Work
    case "told":
      return toldWork(step.id, step.tenant, deployment) as Work
    case "handover":
      return handoverWork(step.id, step.name, step, deployment) as Work
  }
}
