// Renders an environment without a target: its configuration, what it is made from, and the manifests of its releases.
import { type Directory, dag, type File } from "@dagger.io/dagger"
import {
  chartDirectory,
  chartName,
  type Environment,
  environmentYaml,
  exampleLookup,
  imagesOf,
  installedReleases,
  releasesPath,
  resolve,
  type Stage,
  yamlText,
} from "../model/index.js"
import { contentVersion, renderChart } from "../tools/helm-charts.js"
import { unitsDigest } from "../tools/terragrunt.js"
import type { Sources } from "./deployment.js"
import { buildTag } from "./image.js"

/**
 * Renders an environment. What only a deployment yields is replaced by stand-ins that are the same at every run.
 *
 * @param environment the environment
 * @param sources what it is made from
 * @returns `environment.yaml`, `sources.yaml` (versions that name the content), `releases/<name>.yaml` and, of what the cluster's
 *   environments share, `clusterReleases/<name>.yaml`
 * @throws when a chart cannot be rendered, with Helm's message
 */
export async function renderEnvironment(environment: Environment, sources: Sources): Promise<Directory> {
  const base = dag
    .directory()
    .withNewFile("environment.yaml", environmentYaml(environment))
    .withNewFile("sources.yaml", yamlText(await versions(environment, sources)))
  const rendered = [...environment.wider, environment].flatMap((stage) => renderReleases(stage, sources))
  return (await Promise.all(rendered)).reduce(
    (all, { path, manifests }) => all.withFile(`${path}.yaml`, manifests),
    base,
  )
}

function renderReleases(stage: Stage, sources: Sources): Promise<{ path: string; manifests: File }>[] {
  const lookup = exampleLookup(stage)
  return installedReleases(stage).map(async ([name, { chart, namespace }]) => {
    const at = [...releasesPath(stage.scope), name]
    const { value: values } = resolve(stage, [...at, "values"], lookup)
    const manifests = await renderChart(sources.charts, chartDirectory(chart), { name, namespace, values })
    return { path: at.join("/"), manifests }
  })
}

/** Names of the content of everything that is built from source. */
async function versions(environment: Environment, sources: Sources): Promise<object> {
  const stages = [...environment.wider, environment]
  const used = stages.flatMap((stage) => installedReleases(stage)).map(([, { chart }]) => chartDirectory(chart))
  const charts = [...new Set(used)].sort()
  const built = Object.entries(imagesOf(environment)).flatMap(([name, image]) =>
    "build" in image ? [{ name, image }] : [],
  )
  const [modules, chartVersions, tags] = await Promise.all([
    Promise.all(stages.map(({ scope, units }) => unitsDigest(sources.terragrunt, scope, Object.keys(units)))),
    Promise.all(charts.map((chart) => contentVersion(sources.charts, chart))),
    Promise.all(built.map(({ image }) => buildTag(image, sources, environment.platform))),
  ])
  return {
    charts: Object.fromEntries(charts.map((chart, index) => [chartName(chart), chartVersions[index]])),
    images: Object.fromEntries(built.map(({ name }, index) => [name, tags[index]])),
    terragrunt: Object.fromEntries(stages.map(({ scope }, index) => [scope, modules[index]])),
  }
}
