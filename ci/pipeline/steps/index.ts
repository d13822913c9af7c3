// From a step of the graph to what carries it out.
import type { Step as GraphStep } from "../model/index.js"
import { chartStep } from "./chart.js"
import type { Deployment } from "./deployment.js"
import { handoverStep, sharedStep } from "./handover.js"
import { imageStep } from "./image.js"
import { infrastructureStep } from "./infrastructure.js"
import { releaseStep } from "./release.js"
import type { Step } from "./step.js"

/**
 * What carries out a step of the graph.
 *
 * @param step the step, as the model plans it
 * @param deployment the deployment that it belongs to
 */
export function stepFor(step: GraphStep, deployment: Deployment): Step {
  switch (step.kind) {
    case "infrastructure":
      return infrastructureStep(step.id, step.scope, step.environment, deployment) as Step
    case "image":
      return imageStep(step.id, step.name, step.image, deployment) as Step
    case "chart":
      return chartStep(step.id, step.directory, deployment) as Step
    case "release":
      return releaseStep(step.id, step.name, step.release, deployment) as Step
    case "shared":
      return sharedStep(step.id, step.tenant, deployment) as Step
    case "handover":
      return handoverStep(step.id, step.release, step.tenant, deployment) as Step
  }
}
