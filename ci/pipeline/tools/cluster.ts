// Gives a container access to a Kubernetes cluster, with tokens for as long as its command may run.
import type { Container } from "@dagger.io/dagger"
import type { AwsPlace } from "./aws.js"
import { credentialPlugin } from "./credential-plugin.js"
import { secret } from "./secrets.js"
import { eksTokens } from "./sts.js"

/** A cluster, as the unit `eks` says where it is. */
export interface Cluster {
  name: string
  endpoint: string
  /** PEM, base64, as EKS answers it. */
  certificateAuthority: string
}

const directory = "/run/target"

/**
 * Lets a container's Helm reach a cluster as the caller.
 *
 * @param box the container
 * @param place target, account, region
 * @param cluster the cluster
 * @param seconds how long a command may run
 */
export async function withCluster(
  box: Container,
  place: AwsPlace,
  cluster: Cluster,
  seconds: number,
): Promise<Container> {
  const { name, endpoint, certificateAuthority } = cluster
  const { interval, tokens } = await eksTokens(place, name, seconds)
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "/bin/sh",
    args: ["-c", credentialPlugin(`${directory}/tokens`, interval)],
    interactiveMode: "Never",
  }
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  }
  const lines = tokens.map(({ from, token }) => `${from} ${token}\n`).join("")
  const attached = await place.target.attach(box)
  return attached
    .withMountedSecret(`${directory}/tokens`, secret(lines))
    .withMountedSecret(`${directory}/kubeconfig`, secret(JSON.stringify(kubeconfig)))
    .withEnvVariable("KUBECONFIG", `${directory}/kubeconfig`)
}
