// Every release of every environment, rendered with stand-ins for what only a deployment yields.
import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { describe, expect, it } from "vitest"
import {
  chartName,
  type Environment,
  exampleLookup,
  installedReleases,
  loadEnvironments,
  resolveAll,
} from "../../ci/pipeline/model/index.ts"
import { environmentFiles } from "../environment-files.ts"
import { looseEndsOf } from "./consistency.ts"
import { Charts, chartDirectories, manifestsOf } from "./helm.ts"
import { waysToWrite } from "./outside.ts"
import { breachesOf, containersOf, podOf } from "./restricted.ts"

const root = join(import.meta.dirname, "../..")
const charts = new Charts()

/** All environments of a repository, which knows charts by their paths in it. */
function environmentsIn(repository: string): Environment[] {
  const directory = join(root, repository, "environments")
  const files = new Map(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [relative(directory, path), readFileSync(path, "utf8")]),
  )
  const charts = Object.values(chartDirectories).map((chart) => relative(repository, chart))
  return loadEnvironments(files, { charts })
}

const environments = environmentsIn("")
const tenants = environmentsIn("examples/dappstore")
const releases = [...environments, ...tenants].flatMap((environment) =>
  // What a tenant installs is in the tenant's own files.
  installedReleases(environment).map(([name, release]) => ({
    environment,
    env: environment.name,
    name,
    release,
  })),
)

const registry = (environment: Environment) => `${environment.account}.dkr.ecr.${environment.region}.amazonaws.com`

it("every environment is here", () => {
  expect(environments.map(({ name }) => name).sort()).toEqual(environmentFiles)
})

describe.each(releases)("$env: $name", ({ environment, name, release }) => {
  const values = resolveAll(environment, ["releases", name, "values"], exampleLookup(environment)) as object
  const text = charts.render(chartName(release.chart), values, name, release.namespace)
  const manifests = manifestsOf(text)

  it("renders what it did", async () => {
    await expect(text).toMatchFileSnapshot(join("expected/environments", environment.name, `${name}.yaml`))
  })

  it("takes every image from our registry, by digest", () => {
    const images = manifests.flatMap((manifest) => containersOf(podOf(manifest) ?? {}).map(({ image }) => image))
    expect(images).not.toHaveLength(0)
    for (const image of images)
      expect(image).toMatch(new RegExp(`^${registry(environment)}/[^@:]+@sha256:[0-9a-f]{64}$`))
  })

  it("may run in a restricted namespace, and fits together", () => {
    // What a tenant's release finds there was handed over.
    const before = environment.tenant ? environments.find((one) => one.name === environment.name) : environment
    const secrets = Object.entries(before?.releases[name].secrets ?? {}).map(([secret, keys]) => [
      secret,
      Object.keys(keys),
    ])
    expect(manifests.flatMap(breachesOf)).toEqual([])
    expect(looseEndsOf(manifests, Object.fromEntries(secrets))).toEqual([])
  })

  it("can be changed from within only", () => {
    expect(waysToWrite(manifests)).toEqual([])
  })

  it("is reached at the environment's own hosts only", () => {
    const hosts = manifests
      .filter(({ kind }) => kind === "Ingress")
      .flatMap(({ spec }) => spec.rules.map(({ host }: { host: string }) => host))
    for (const host of hosts) expect(host).toMatch(new RegExp(`^[a-z]+\\.${environment.host.replaceAll(".", "\\.")}$`))
  })
})
