// Gives a container access to a Kubernetes cluster, with tokens for as long as its command may run.
import type { Container } from "@dagger.io/dagger"
import type { AwsPlace } from "./aws.js"
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
 * Prints the token of this time, as a credential plugin of Kubernetes. EKS takes a token for 15 minutes from the time that
 * it is signed for, and a command can run for two hours: so there is one for each part of that time.
 */
const plugin = `
now=$(date +%s)
until=$now
while read -r from next; do
  [ "$from" -le "$now" ] || break
  token=$next until=$((from + INTERVAL))
done <${directory}/tokens
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s","expirationTimestamp":"%s"}}' \\
  "$token" "$(date -u -d "@$until" +%Y-%m-%dT%H:%M:%SZ)"
`

/**
 * Lets a container's kubectl and Helm reach a cluster as the caller.
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
    args: ["-c", plugin.replace("INTERVAL", String(interval))],
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
  const attached = await place.target.attach(box, new URL(endpoint).hostname)
  return attached
    .withMountedSecret(`${directory}/tokens`, secret(lines))
    .withMountedSecret(`${directory}/kubeconfig`, secret(JSON.stringify(kubeconfig)))
    .withEnvVariable("KUBECONFIG", `${directory}/kubeconfig`)
}
