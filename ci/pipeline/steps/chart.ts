// A chart: packaged with its library, pushed to the target's registry, installed by its digest.
import { chartName } from "../model/index.js"
import { digestOf } from "../tools/ecr.js"
import { contentVersion, packageChart, pushChart } from "../tools/helm-charts.js"
import type { Deployment } from "./deployment.js"
import { pushOnce } from "./push.js"
import type { Work } from "./work.js"

interface Found {
  version: string
  digest?: string
}

/**
 * What publishes one chart.
 *
 * @param id the step's name in the graph
 * @param directory where the chart is in the repository; the last part is its name
 * @param deployment the deployment that it belongs to
 */
export function chartWork(id: string, directory: string, deployment: Deployment): Work<Found> {
  const { place, target, sources } = deployment
  const prefix = deployment.stage.chartRepository
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
    keep({ version, digest = "" }) {
      deployment.yields.charts[chartName(directory)] = { version, digest }
      return { version }
    },
    destroy: async () => [],
  }
}
