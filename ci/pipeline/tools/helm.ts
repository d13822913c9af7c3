// Helm: packages and pushes charts, installs and removes releases.
import { basename } from "node:path"
import { type Container, type Directory, dag, type File } from "@dagger.io/dagger"
import type { Target } from "../targets/target.js"
import type { AwsPlace } from "./aws.js"
import { type Cluster, withCluster } from "./cluster.js"
import type { Registry } from "./ecr.js"
import { cached, run } from "./exec.js"
import { withRegistryLogin } from "./registry.js"
import { toolbox } from "./toolbox.js"

/** What a release is made of. */
export interface ReleaseSpec {
  name: string
  namespace: string
  /** The chart, as oci://HOST/REPOSITORY@sha256:… */
  chart: string
  values: unknown
  /** Labels of the release's record in the cluster. */
  labels: Record<string, string>
  /** Seconds to wait until its pods are ready. */
  timeout: number
}

/** A release, as `helm list` shows it. */
export interface ReleaseRecord {
  name: string
  status: string
  revision: number
  labels: Record<string, string>
}

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
  { name, namespace, values }: Pick<ReleaseSpec, "name" | "namespace" | "values">,
): Promise<File> {
  const options = ["--namespace", namespace, "--values", "/run/values.json"]
  const box = (await withChart(charts, path)).withNewFile("/run/values.json", JSON.stringify(values))
  const { stdout } = await cached(box, ["helm", "template", name, `/charts/${basename(path)}`, ...options])
  return dag.directory().withNewFile("manifests.yaml", stdout).file("manifests.yaml")
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

/** Helm for one cluster and one registry, as the caller. */
export class Helm {
  private constructor(private readonly box: Container) {}

  /** A Helm that can reach cluster and registry; its token lasts 15 minutes. */
  static async open(place: AwsPlace, cluster: Cluster, registry: Registry): Promise<Helm> {
    const box = await place.target.attach(withRegistryLogin(await toolbox("helm"), registry), registry.host)
    return new Helm(await withCluster(box, place, cluster))
  }

  /** The releases of a namespace by name, whatever their state. */
  async releases(namespace: string): Promise<Map<string, ReleaseRecord>> {
    const { stdout } = await run(this.box, ["helm", "list", "--namespace", namespace, "--output", "json"])
    const listed: { name: string; status: string; revision: string }[] = JSON.parse(stdout)
    const records = await Promise.all(
      listed.map(async ({ name, status, revision }) => ({
        name,
        status,
        revision: Number(revision),
        labels: await this.labels(name, namespace),
      })),
    )
    return new Map(records.map((record) => [record.name, record]))
  }

  /** Installs or upgrades a release and waits until it is ready. Throws with Helm's message when it is not. */
  async upgrade({ name, namespace, chart, values, labels, timeout }: ReleaseSpec): Promise<void> {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
    await run(this.box.withNewFile("/run/values.json", JSON.stringify(values)), [
      "helm",
      "upgrade",
      name,
      chart,
      "--install",
      "--namespace",
      namespace,
      "--values",
      "/run/values.json",
      "--labels",
      pairs.join(","),
      "--wait",
      "--wait-for-jobs",
      "--timeout",
      `${timeout}s`,
    ])
  }

  /** Goes back to the last revision that was deployed. */
  async rollback(name: string, namespace: string): Promise<void> {
    await run(this.box, ["helm", "rollback", name, "--namespace", namespace, "--wait=hookOnly"])
  }

  /** Removes a release; one that is not there is no error. */
  async uninstall(name: string, namespace: string, timeout: number): Promise<void> {
    const args = ["--namespace", namespace, "--ignore-not-found", "--wait", "--timeout", `${timeout}s`]
    await run(this.box, ["helm", "uninstall", name, ...args])
  }

  private async labels(name: string, namespace: string): Promise<Record<string, string>> {
    const command = ["helm", "get", "metadata", name, "--namespace", namespace, "--output", "json"]
    return JSON.parse((await run(this.box, command)).stdout).labels ?? {}
  }
}
