// Renders an environment without a target: its configuration, what it is made from, and the manifests of its releases.
import { type Directory, dag } from "@dagger.io/dagger"
import {
  chartDirectory,
  chartName,
  type Environment,
  environmentYaml,
  exampleLookup,
  installedReleases,
  resolve,
  type Scope,
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
 * @returns `environment.yaml`, `sources.yaml` (versions that name the content) and `releases/<name>.yaml`
 * @throws when a chart cannot be rendered, with Helm's message
 */
export async function renderEnvironment(environment: Environment, sources: Sources): Promise<Directory> {
  const lookup = exampleLookup(environment)
  const base = dag
    .directory()
    .withNewFile("environment.yaml", environmentYaml(environment))
    .withNewFile("sources.yaml", yamlText(await versions(environment, sources)))
  const rendered = installedReleases(environment).map(async ([name, { chart, namespace }]) => {
    const { value: values } = resolve(environment, ["releases", name, "values"], lookup)
    return { name, manifests: await renderChart(sources.charts, chartDirectory(chart), { name, namespace, values }) }
  })
  return (await Promise.all(rendered)).reduce(
    (all, { name, manifests }) => all.withFile(`releases/${name}.yaml`, manifests),
    base,
  )
}

/** Names of the content of everything that is built from source. */
async function versions(environment: Environment, sources: Sources): Promise<object> {
  const charts = [...new Set(installedReleases(environment).map(([, { chart }]) => chartDirectory(chart)))].sort()
  const built = Object.entries(environment.images).flatMap(([name, image]) =>
    "build" in image ? [{ name, image }] : [],
  )
  const scopes = Object.entries(environment.infrastructure)
  const [modules, chartVersions, tags] = await Promise.all([
    Promise.all(
      scopes.map(([scope, units]) => unitsDigest(sources.terragrunt, scope as Scope, Object.keys(units ?? {}))),
    ),
    Promise.all(charts.map((chart) => contentVersion(sources.charts, chart))),
    Promise.all(built.map(({ image }) => buildTag(image, sources, environment.platform))),
  ])
  return {
    charts: Object.fromEntries(charts.map((chart, index) => [chartName(chart), chartVersions[index]])),
    images: Object.fromEntries(built.map(({ name }, index) => [name, tags[index]])),
    terragrunt: Object.fromEntries(scopes.map(([scope], index) => [scope, modules[index]])),
  }
}
