// kubectl: reads and applies Kubernetes objects.
import type { Container } from "@dagger.io/dagger"
import type { AwsPlace } from "./aws.js"
import { type Cluster, withCluster } from "./cluster.js"
import { run } from "./exec.js"
import { secret } from "./secrets.js"
import { toolbox } from "./toolbox.js"

/** The field manager of the objects that the module applies itself. */
const fieldManager = "wallet-world"

/** kubectl for one cluster, as the caller. */
export class Kubectl {
  private constructor(private readonly box: Container) {}

  /** A kubectl that can reach the cluster for half an hour. */
  static async open(place: AwsPlace, cluster: Cluster): Promise<Kubectl> {
    return new Kubectl(await withCluster(await toolbox("kubectl"), place, cluster, 30 * 60))
  }

  /**
   * Runs kubectl and returns what it prints.
   *
   * @throws with kubectl's message, when it fails
   */
  async run(...args: string[]): Promise<string> {
    return (await run(this.box, ["kubectl", ...args])).stdout
  }

  /** The objects that `kubectl get` finds, parsed. */
  async list<T>(...args: string[]): Promise<T[]> {
    return JSON.parse(await this.run("get", ...args, "-o", "json")).items
  }

  /**
   * Applies objects on the server's side. They are handed over as a secret: they may be Secrets.
   *
   * @param objects Kubernetes objects; there may be none
   */
  async apply(...objects: object[]): Promise<void> {
    if (objects.length === 0) return
    const list = { apiVersion: "v1", kind: "List", items: objects }
    const manifest = "/run/target/manifest.json"
    await new Kubectl(this.box.withMountedSecret(manifest, secret(JSON.stringify(list)))).run(
      "apply",
      "--server-side",
      "--force-conflicts",
      `--field-manager=${fieldManager}`,
      "-f",
      manifest,
    )
  }
}
