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

  /**
   * The objects that `kubectl get` finds, parsed.
   *
   * @param kind the kinds; not Secrets, whose values are nobody's business: {@link names} says which there are
   */
  async list<T>(kind: string, ...args: string[]): Promise<T[]> {
    if (kind.split(",").some((one) => /^secrets?\b/i.test(one))) throw new Error("Secrets are listed by name only")
    return JSON.parse(await this.run("get", kind, ...args, "-o", "json")).items
  }

  /** The names of the objects that `kubectl get` finds. */
  async names(kind: string, ...args: string[]): Promise<string[]> {
    const lines = await this.run("get", kind, ...args, "-o", 'jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}')
    return lines.split("\n").filter(Boolean)
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
