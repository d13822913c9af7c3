// What a release finds in its namespace: the namespace itself, and Secrets filled from AWS Secrets Manager.
import { type Owner, ownerLabels, podSecurityLabels, type Release, type SecretValue } from "../model/index.js"
import { secretValue } from "../tools/secrets-manager.js"
import type { Deployment } from "./deployment.js"
import { secretLabels } from "./removal.js"

/** The namespace of a release, in which Kubernetes enforces the release's Pod Security standard. */
export function namespaceObject({ namespace, podSecurity }: Release, owner: Owner): object {
  const labels = { ...podSecurityLabels(podSecurity), ...ownerLabels(owner) }
  return { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels } }
}

/**
 * The Secrets of a release, with their values.
 *
 * @param owner whose release it is
 * @param namespace where they are
 * @param release the release's name
 * @param secrets what the environment says of them, references filled in
 * @param deployment the deployment, whose credentials read the values
 * @throws when a value cannot be read
 */
export async function secretObjects(
  owner: Owner,
  namespace: string,
  release: string,
  secrets: Release["secrets"],
  deployment: Deployment,
): Promise<object[]> {
  const labels = secretLabels(owner, release)
  return Promise.all(
    Object.entries(secrets).map(async ([name, keys]) => {
      const pairs = Object.entries(keys).map(async ([key, from]) => [key, base64(await bytesFor(from, deployment))])
      const data = Object.fromEntries(await Promise.all(pairs))
      return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, labels }, type: "Opaque", data }
    }),
  )
}

/** The bytes of one key. A value that is a reference has the type of what it refers to, such as the number of a port. */
async function bytesFor(from: SecretValue, { place }: Deployment): Promise<Uint8Array> {
  if ("arn" in from) return secretValue(place, from.arn, from.field)
  const value: unknown = from.value
  if (typeof value === "object")
    throw new Error("a key of a Secret must be text, and its `value` refers to a list or a map")
  return Buffer.from(String(value))
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString("base64")
