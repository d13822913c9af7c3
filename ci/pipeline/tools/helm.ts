// Helm releases: installs, upgrades, rolls back and removes them in one cluster.
import type { Container } from "@dagger.io/dagger"
import { helmValues } from "../model/index.js"
import type { AwsPlace } from "./aws.js"
import { type Cluster, withCluster } from "./cluster.js"
import type { Registry } from "./ecr.js"
import { runOnce } from "./exec.js"
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
  /** Seconds to wait until its objects are ready, and for each hook. */
  timeout: number
  /** Whether pods of a DaemonSet of it are replaced by hand: only Helm's old way of waiting does not wait for that. */
  manual: boolean
}

/** A command waits for its objects and for hooks, each as long as that; and not all of it is waiting. */
const runSeconds = (timeout: number) => 2 * timeout + 120

/** Server-side, and over what others have changed: an object is as the chart says, whoever has edited it. */
const applying = ["--server-side=true", "--force-conflicts"]

/** Helm for one cluster and one registry, as the caller. */
export class Helm {
  private constructor(
    private readonly box: Container,
    private readonly place: AwsPlace,
    private readonly cluster: Cluster,
  ) {}

  /** A Helm that can reach cluster and registry. */
  static async open(place: AwsPlace, cluster: Cluster, registry: Registry): Promise<Helm> {
    return new Helm(withRegistryLogin(await toolbox("helm"), registry), place, cluster)
  }

  /** Installs or upgrades a release and waits until it is ready. Throws with Helm's message when it is not. */
  async upgrade({ name, namespace, chart, values, labels, timeout, manual }: ReleaseSpec): Promise<void> {
    const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`)
    // Without values Helm would take those of the last revision.
    const args = [
      "--install",
      ...applying,
      "--values",
      "/run/values.json",
      "--reset-values",
      "--labels",
      pairs.join(","),
    ]
    const wait = [manual ? "--wait=legacy" : "--wait", "--wait-for-jobs"]
    await this.run(namespace, timeout, ["upgrade", name, chart, ...args, ...wait], (box) =>
      box.withNewFile("/run/values.json", helmValues(values)),
    )
  }

  /**
   * Goes back to a revision. Waits for hooks, not until its objects are ready.
   *
   * @param name the release's name
   * @param namespace its namespace
   * @param revision the number of the revision
   * @param timeout seconds to wait for each hook
   * @param hooks whether the hooks of the revision are run
   */
  async rollback(name: string, namespace: string, revision: number, timeout: number, hooks: boolean): Promise<void> {
    const args = [String(revision), ...applying, "--wait=hookOnly", ...(hooks ? [] : ["--no-hooks"])]
    await this.run(namespace, timeout, ["rollback", name, ...args])
  }

  /** Removes a release and waits until its objects are gone; one that is not there is no error. */
  async uninstall(name: string, namespace: string, timeout: number, hooks = true): Promise<void> {
    const args = ["--ignore-not-found", "--wait", ...(hooks ? [] : ["--no-hooks"])]
    await this.run(namespace, timeout, ["uninstall", name, ...args])
  }

  private async run(namespace: string, timeout: number, args: string[], more = (box: Container) => box): Promise<void> {
    const box = await withCluster(this.box, this.place, this.cluster, runSeconds(timeout))
    await runOnce(more(box), ["helm", ...args, "--namespace", namespace, "--timeout", `${timeout}s`])
  }
}
