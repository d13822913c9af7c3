// Helm charts: packages, renders and pushes them, without a cluster.
import { basename } from "node:path"
import type { Container, Directory, File } from "@dagger.io/dagger"
import { type ChartFiles, type Dependency, helmValues, packings, readChart, withContent } from "../model/index.js"
import type { Target } from "../targets/target.js"
import type { Registry } from "./ecr.js"
import { cachedInTurn, printed, run } from "./exec.js"
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
  const digest = await (await packed(charts, path, version)).directory("/content").digest()
  return withContent(version, digest.slice(digest.lastIndexOf(":") + 1))
}

const archive = (path: string, version: string) => `/out/${basename(path)}-${version}.tgz`

/** Its archive, and the same unpacked again: an archive's bytes depend on who packed it, too. */
async function packed(charts: Charts, path: string, version: string): Promise<Container> {
  const pack = ["helm", "package", `/charts/${path}`, "--version", version, "--destination", "/out"]
  const unpack = ["tar", "--extract", "--file", archive(path, version), "--directory", "/content"]
  return inChart(charts, path, [pack, ["mkdir", "/content"], unpack])
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
  const template = ["helm", "template", name, `/charts/${path}`, ...options]
  return (await inChart(charts, path, [template], { "/run/values.json": helmValues(values) })).file(printed)
}

/**
 * Runs commands with a chart at its path in `/charts`, with what it depends on in its charts/. Helm's own `dependency build` is
 * not used: it does not make a library ready that needs another one, refuses archives that lie there, and takes away those
 * that it does not know.
 */
async function inChart(
  { files, content }: Charts,
  path: string,
  commands: string[][],
  texts: Record<string, string> = {},
): Promise<Container> {
  const all = packings(path, files)
  const charts = all.reduce(
    (to, { directory, replaced }) =>
      to.withDirectory(`/charts/${directory}`, content.directory(directory), { exclude: [...replaced] }),
    await toolbox("helm"),
  )
  const box = Object.entries({ ...texts, "/run/dependencies": dependencies }).reduce(
    (to, [file, text]) => to.withNewFile(file, text),
    charts,
  )
  const prepare = all.flatMap(({ directory, libraries, remote }) =>
    [...libraries.map((library) => ["helm", "package", `/charts/${library}`]), ...remote.map(pull)].map((command) => [
      ...command,
      "--destination",
      `/charts/${directory}/charts`,
    ]),
  )
  const check = readChart(path, files).dependencies.length === 0 ? [] : [["sh", "/run/dependencies", path]]
  return (await cachedInTurn(box, [...prepare, ...check, ...commands])).box
}

const pull = ({ name, version, repository }: Dependency) =>
  repository.startsWith("oci://")
    ? ["helm", "pull", `${repository}/${name}`, "--version", version]
    : ["helm", "pull", name, "--repo", repository, "--version", version]

/** Lets Helm say whether what is in charts/ is what the chart asks for: a range of versions is known to it alone. */
const dependencies = `
wrong=$(helm dependency list "/charts/$1" | grep -P '\\t(wrong version|missing|corrupt|misnamed|too many|bad|invalid)') || exit 0
echo "$1/Chart.yaml requires charts that its charts/ directory does not contain:" >&2
echo "$wrong" >&2
exit 1
`

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
