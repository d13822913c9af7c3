// Helm charts: packages, renders and pushes them, without a cluster.
import { basename } from "node:path"
import type { Container, Directory, File } from "@dagger.io/dagger"
import type { Target } from "../targets/target.js"
import type { Registry } from "./ecr.js"
import { run } from "./exec.js"
import { withRegistryLogin } from "./registry.js"
import { toolbox } from "./toolbox.js"

/**
 * Packages a chart; the libraries of `charts/` that it names are packed into it.
 *
 * @param charts all charts at their paths
 * @param path the chart's path in it; the last part is its name
 * @param version the version to give it
 * @returns the package; its bytes depend on the chart's files and the version alone
 */
export async function packageChart(charts: Directory, path: string, version: string): Promise<File> {
  const name = basename(path)
  return (await withChart(charts, path))
    .withExec(["helm", "package", `/charts/${name}`, "--version", version, "--destination", "/out"])
    .file(`/out/${name}-${version}.tgz`)
}

/**
 * Renders a chart without a cluster.
 *
 * @param charts all charts at their paths
 * @param path the chart's path in it; the last part is its name
 * @param release name and namespace of the release, and its values
 * @returns the manifests
 */
export async function renderChart(
  charts: Directory,
  path: string,
  { name, namespace, values }: { name: string; namespace: string; values: unknown },
): Promise<File> {
  const options = ["--namespace", namespace, "--values", "/run/values.json"]
  return (await withChart(charts, path))
    .withNewFile("/run/values.json", JSON.stringify(values))
    .withExec(["helm", "template", name, `/charts/${basename(path)}`, ...options], {
      redirectStdout: "/run/manifests.yaml",
    })
    .file("/run/manifests.yaml")
}

/**
 * A chart in `/charts`, wherever it was, with the libraries that it needs packed in: it names them as its neighbours.
 * What has its name there and is another chart makes room.
 */
async function withChart(charts: Directory, path: string): Promise<Container> {
  const name = basename(path)
  return (await toolbox("helm"))
    .withDirectory("/charts", charts.directory("charts"), { exclude: [name] })
    .withDirectory(`/charts/${name}`, charts.directory(path))
    .withExec(["helm", "dependency", "build", `/charts/${name}`])
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
  const box = await target.attach(withRegistryLogin(await toolbox("helm"), registry), registry.host)
  const command = ["helm", "push", "/chart.tgz", `oci://${registry.host}/${prefix}`]
  const { stdout, stderr } = await run(box.withMountedFile("/chart.tgz", chart), command)
  const [digest] = /sha256:[0-9a-f]{64}/.exec(stdout + stderr) ?? []
  if (!digest) throw new Error(`helm push printed no digest: ${(stdout + stderr).trim()}`)
  return digest
}
