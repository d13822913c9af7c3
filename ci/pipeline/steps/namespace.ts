// What a release finds in its namespace: the namespace itself, and Secrets filled from AWS Secrets Manager.
import { NAMESPACE_LABELS, type Release } from "../model/index.js"
import { secretValue } from "../tools/secrets-manager.js"
import type { Deployment } from "./deployment.js"

/** A namespace in which restricted Pod Security is enforced. */
export function namespaceObject(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: NAMESPACE_LABELS } }
}

/**
 * The Secrets of a release, with their values.
 *
 * @param namespace where they are
 * @param secrets what the environment says of them, references filled in
 * @param deployment the deployment, whose credentials read the values
 * @throws when a value cannot be read
 */
export async function secretObjects(
  namespace: string,
  secrets: Release["secrets"],
  deployment: Deployment,
): Promise<object[]> {
  return Promise.all(
    Object.entries(secrets).map(async ([name, keys]) => {
      const pairs = Object.entries(keys).map(async ([key, from]) => [
        key,
        "arn" in from ? await secretValue(deployment.place, from.arn, from.field) : from.value,
      ])
      const stringData = Object.fromEntries(await Promise.all(pairs))
      return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace }, type: "Opaque", stringData }
    }),
  )
}
