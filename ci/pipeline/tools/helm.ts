// Helm releases: installs, upgrades and removes them in one cluster.
import type { Container } from "@dagger.io/dagger"
import { helmValues } from "../model/index.js"
import type { AwsPlace } from "./aws.js"
import { type Cluster, withCluster } from "./cluster.js"
import type { Registry } from "./ecr.js"
import { run } from "./exec.js"
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

/** Helm for one cluster and one registry, as the caller. */
export class Helm {
  private constructor(private readonly box: Container) {}

  /** A Helm that can reach cluster and registry; its token lasts 15 minutes. */
  static async open(place: AwsPlace, cluster: Cluster, registry: Registry): Promise<Helm> {
    return new Helm(await withCluster(withRegistryLogin(await toolbox("helm"), registry), place, cluster))
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
    await run(this.box.withNewFile("/run/values.json", helmValues(values)), [
      "helm",
      "upgrade",
      name,
      chart,
      "--install",
      "--namespace",
      namespace,
      "--values",
      "/run/values.json",
      // Without values Helm would take those of the last revision.
      "--reset-values",
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
