// A chart: packaged with its library, pushed to the target's registry, installed by its digest.
import { type Directory, dag } from "@dagger.io/dagger"
import { parse } from "yaml"
import { chartName } from "../model/index.js"
import { digestOf } from "../tools/ecr.js"
import { packageChart, pushChart } from "../tools/helm-charts.js"
import type { Deployment } from "./deployment.js"
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

  return {
    id,
    async inspect() {
      const version = await contentVersion(sources.charts, directory)
      // Registries do not allow `+` in tags: Helm writes `_`.
      return { version, digest: await digestOf(place, `${prefix}/${chartName(directory)}`, version.replace("+", "_")) }
    },
    plan: ({ version, digest }) =>
      digest
        ? { action: "unchanged", why: `${version} is in the registry` }
        : { action: "create", why: `push ${version}` },
    async apply({ version }) {
      const chart = await packageChart(sources.charts, directory, version)
      return { version, digest: await pushChart(target, await deployment.registry(), chart, prefix) }
    },
    outputs: ({ version, digest = "" }) => ({ version, values: { digest } }),
    destroy: async () => {},
  }
}

/** The chart's version, and as build metadata what it is made of: the chart and the library that is packed into it. */
export async function contentVersion(charts: Directory, directory: string): Promise<string> {
  const chart = charts.directory(directory)
  const { version } = parse(await chart.file("Chart.yaml").contents())
  const content = dag
    .directory()
    .withDirectory("chart", chart)
    .withDirectory("common", charts.directory("charts/common"))
  const digest = await content.digest()
  return `${version}+${digest.slice(digest.lastIndexOf(":") + 1).slice(0, 16)}`
}
