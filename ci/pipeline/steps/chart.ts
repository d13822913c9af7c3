// A chart: packaged with its library, pushed to the target's registry, installed by its digest.
import { chartName } from "../model/index.js"
import { digestOf } from "../tools/ecr.js"
import { contentVersion, packageChart, pushChart } from "../tools/helm-charts.js"
import type { Deployment } from "./deployment.js"
import { pushOnce } from "./push.js"
import type { Step } from "./step.js"

interface Found {
  version: string
  digest?: string
}

/**
 * The step that publishes one chart.
 *
 * @param id the step's name in the graph
 * @param directory where the chart is in the repository; the last part is its name
 * @param deployment the deployment that it belongs to
 */
export function chartStep(id: string, directory: string, deployment: Deployment): Step<Found> {
  const { place, target, sources } = deployment
  const prefix = deployment.environment.chartRepository
  // Registries do not allow `+` in tags: Helm writes `_`.
  const pushedAs = (version: string) =>
    digestOf(place, `${prefix}/${chartName(directory)}`, version.replaceAll("+", "_"))

  return {
    id,
    async inspect() {
      const version = await contentVersion(sources.charts, directory)
      return { version, digest: await pushedAs(version) }
    },
    plan: ({ version, digest }) =>
      digest
        ? { action: "unchanged", why: `${version} is in the registry` }
        : { action: "create", why: `push ${version}` },
    async apply({ version }) {
      const chart = await packageChart(sources.charts, directory, version)
      const registry = await deployment.registry()
      const digest = await pushOnce(
        () => pushChart(target, registry, chart, prefix),
        () => pushedAs(version),
      )
      return { version, digest }
    },
    outputs: ({ version, digest = "" }) => ({ version, values: { digest } }),
    destroy: async () => [],
  }
}
