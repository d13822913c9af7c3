// A chart: packaged with its library, pushed to the target's registry, installed by its digest.
import { type Directory, dag } from "@dagger.io/dagger"
import { parse } from "yaml"
import { digestOf } from "../tools/ecr.js"
import { packageChart, pushChart } from "../tools/helm.js"
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
 * @param name the chart's name: its directory below `charts/`
 * @param deployment the deployment that it belongs to
 */
export function chartStep(id: string, name: string, deployment: Deployment): Step<Found> {
  const { place, target, sources } = deployment
  const prefix = deployment.environment.chartRepository

  return {
    id,
    async inspect() {
      const version = await contentVersion(sources.charts, name)
      // Registries do not allow `+` in tags: Helm writes `_`.
      return { version, digest: await digestOf(place, `${prefix}/${name}`, version.replace("+", "_")) }
    },
    plan: ({ version, digest }) =>
      digest
        ? { action: "unchanged", why: `${version} is in the registry` }
        : { action: "create", why: `push ${version}` },
    async apply({ version }) {
      const chart = await packageChart(sources.charts, name, version)
      return { version, digest: await pushChart(target, await deployment.registry(), chart, prefix) }
    },
    outputs: ({ version, digest = "" }) => ({ version, values: { digest } }),
    destroy: async () => {},
  }
}

/** The chart's version, and as build metadata what it is made of: the chart and the library that is packed into it. */
export async function contentVersion(charts: Directory, name: string): Promise<string> {
  const chart = charts.directory(name)
  const { version } = parse(await chart.file("Chart.yaml").contents())
  const content = dag.directory().withDirectory("chart", chart).withDirectory("common", charts.directory("common"))
  const digest = await content.digest()
  return `${version}+${digest.slice(digest.lastIndexOf(":") + 1).slice(0, 16)}`
}
