// Gives a container access to a Kubernetes cluster: a kubeconfig with a token that is minted for this one step.
import type { Container } from "@dagger.io/dagger"
import type { AwsPlace } from "./aws.js"
import { secret } from "./secrets.js"
import { eksToken } from "./sts.js"

/** A cluster, as the unit `eks` says where it is. */
export interface Cluster {
  name: string
  endpoint: string
  /** PEM, base64, as EKS answers it. */
  certificateAuthority: string
}

/**
 * Lets a container's kubectl and Helm reach a cluster as the caller.
 *
 * @param box the container
 * @param place target, account, region
 * @param cluster the cluster
 */
export async function withCluster(box: Container, place: AwsPlace, cluster: Cluster): Promise<Container> {
  const { name, endpoint, certificateAuthority } = cluster
  const kubeconfig = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name, user: { token: await eksToken(place, name) } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  }
  const attached = await place.target.attach(box)
  return attached
    .withMountedSecret("/run/target/kubeconfig", secret(JSON.stringify(kubeconfig)))
    .withEnvVariable("KUBECONFIG", "/run/target/kubeconfig")
}
