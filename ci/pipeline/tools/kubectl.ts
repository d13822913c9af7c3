// kubectl: reads and applies Kubernetes objects.
import type { Container } from "@dagger.io/dagger"
import { secrets } from "../model/index.js"
import type { AwsPlace } from "./aws.js"
import { type Cluster, withCluster } from "./cluster.js"
import { run } from "./exec.js"
import { secret } from "./secrets.js"
import { toolbox } from "./toolbox.js"

/** The field manager of the objects that the module applies itself. */
const fieldManager = "wallet-world"

/** Keys of Secrets whose values are in no way secret: to hide them would make a text hard to read. */
const open = /^(.*[-_.])?(user(name)?|host(name)?|port|(db)?name|database|engine|ca\.crt|tls\.crt|namespace)$/i

/** kubectl for one cluster, as the caller. */
export class Kubectl {
  private constructor(private readonly box: Container) {}

  /** A kubectl that can reach the cluster; its token lasts 15 minutes. */
  static async open(place: AwsPlace, cluster: Cluster): Promise<Kubectl> {
    return new Kubectl(await withCluster(await toolbox("kubectl"), place, cluster))
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
   * Reads the Secrets of a namespace, so that their values are taken out of what the module says from now on: the log of a
   * program that fails may hold them.
   */
  async learnSecrets(namespace: string): Promise<void> {
    const list = await this.run(
      "get",
      "secrets",
      "-n",
      namespace,
      "--field-selector",
      "type!=helm.sh/release.v1",
      "-o",
      "json",
    )
    const found: { data?: Record<string, string> }[] = JSON.parse(list).items
    for (const [key, value] of found.flatMap(({ data = {} }) => Object.entries(data)))
      if (!open.test(key)) secrets.know(Buffer.from(value, "base64").toString())
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
