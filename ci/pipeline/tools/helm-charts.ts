// Helm charts: packages, renders and pushes them, without a cluster.
import { basename } from "node:path"
import { type Container, type Directory, dag, type File } from "@dagger.io/dagger"
import { type ChartFiles, type Dependency, helmValues, packings, readChart, withContent } from "../model/index.js"
import type { Target } from "../targets/target.js"
import type { Registry } from "./ecr.js"
import { cached, printed, run } from "./exec.js"
import { withRegistryLogin } from "./registry.js"
import { toolbox } from "./toolbox.js"

/** Charts, and the libraries that they are packed with: each a directory at its path in the repository. */
export interface Charts {
  /** What says where they are. */
  files: ChartFiles
  content: Directory
}

/**
 * Packages a chart with all that belongs into it.
 *
 * @param charts all charts
 * @param path the chart's path; the last part is its name
 * @param version the version to give it
 */
export async function packageChart(charts: Charts, path: string, version: string): Promise<File> {
  return (await packed(charts, path, version)).file(archive(path, version))
}

/**
 * The chart's version, and as build metadata what it is made of: everything that Helm packs, and nothing else.
 *
 * @param charts all charts
 * @param path the chart's path; the last part is its name
 * @returns such as 1.2.3+0123456789abcdef; build metadata of its own is kept before it: 1.2.3+5.0123456789abcdef
 */
export async function contentVersion(charts: Charts, path: string): Promise<string> {
  const { version } = readChart(path, charts.files)
  // Unpacked again: an archive's bytes depend on who packed it, too.
  const unpack = ["tar", "--extract", "--file", archive(path, version), "--directory", "/content"]
  const box = (await packed(charts, path, version)).withDirectory("/content", dag.directory()).withExec(unpack)
  const digest = await box.directory("/content").digest()
  return withContent(version, digest.slice(digest.lastIndexOf(":") + 1))
}

const archive = (path: string, version: string) => `/out/${basename(path)}-${version}.tgz`

async function packed(charts: Charts, path: string, version: string): Promise<Container> {
  const command = ["helm", "package", `/charts/${path}`, "--version", version, "--destination", "/out"]
  return (await cached(await withChart(charts, path), command)).box
}

/**
 * Renders a chart without a cluster.
 *
 * @param charts all charts
 * @param path the chart's path; the last part is its name
 * @param release name and namespace of the release, and its values
 * @returns the manifests
 */
export async function renderChart(
  charts: Charts,
  path: string,
  { name, namespace, values }: { name: string; namespace: string; values: unknown },
): Promise<File> {
  const options = ["--namespace", namespace, "--values", "/run/values.json"]
  const box = (await withChart(charts, path)).withNewFile("/run/values.json", helmValues(values))
  const rendered = await cached(box, ["helm", "template", name, `/charts/${path}`, ...options])
  return rendered.box.file(printed)
}

/**
 * A chart at its path in `/charts`, with what it depends on in its charts/. Helm's own `dependency build` is not used: it
 * does not make a library ready that needs another one, refuses archives that lie there, and takes away those that it does
 * not know.
 */
async function withChart({ files, content }: Charts, path: string): Promise<Container> {
  const all = packings(path, files)
  let box = all.reduce(
    (to, { directory, replaced }) =>
      to.withDirectory(`/charts/${directory}`, content.directory(directory), { exclude: [...replaced] }),
    await toolbox("helm"),
  )
  for (const { directory, libraries, remote } of all) {
    const commands = [...libraries.map((library) => ["helm", "package", `/charts/${library}`]), ...remote.map(pull)]
    for (const command of commands)
      box = (await cached(box, [...command, "--destination", `/charts/${directory}/charts`])).box
  }
  await checkDependencies(box, path, files)
  return box
}

const pull = ({ name, version, repository }: Dependency) =>
  repository.startsWith("oci://")
    ? ["helm", "pull", `${repository}/${name}`, "--version", version]
    : ["helm", "pull", name, "--repo", repository, "--version", version]

/** Lets Helm say whether what is in charts/ is what the chart asks for: a range of versions is known to it alone. */
async function checkDependencies(box: Container, path: string, files: ChartFiles): Promise<void> {
  if (readChart(path, files).dependencies.length === 0) return
  const { stdout } = await cached(box, ["helm", "dependency", "list", `/charts/${path}`])
  const wrong = stdout
    .split("\n")
    .filter((line) => /\t(wrong version|missing|corrupt|misnamed|too many|bad|invalid)/.test(line))
  if (wrong.length > 0)
    throw new Error(
      `${path}/Chart.yaml requires charts that its charts/ directory does not contain:\n${wrong.join("\n")}`,
    )
}

/**
 * Pushes a packaged chart.
 *
 * @param target the target
 * @param registry its registry
 * @param chart the package
 * @param prefix the repository without the chart's name, which Helm appends
 * @returns the digest under which the registry holds it
 */
export async function pushChart(target: Target, registry: Registry, chart: File, prefix: string): Promise<string> {
  const box = await target.attach(withRegistryLogin(await toolbox("helm"), registry))
  const command = ["helm", "push", "/chart.tgz", `oci://${registry.host}/${prefix}`]
  const { stdout, stderr } = await run(box.withMountedFile("/chart.tgz", chart), command)
  const [digest] = /sha256:[0-9a-f]{64}/.exec(stdout + stderr) ?? []
  if (!digest) throw new Error(`helm push printed no digest: ${(stdout + stderr).trim()}`)
  return digest
}
