// What a release finds in its namespace: the namespace itself, and Secrets filled from AWS Secrets Manager.
import { type Environment, NAMESPACE_LABELS, ownerLabels, type Release } from "../model/index.js"
import { secretValue } from "../tools/secrets-manager.js"
import type { Deployment } from "./deployment.js"
import { secretLabels } from "./removal.js"

/** A namespace of an environment, in which restricted Pod Security is enforced. */
export function namespaceObject(name: string, environment: Environment): object {
  const labels = { ...NAMESPACE_LABELS, ...ownerLabels(environment) }
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } }
}

/**
 * The Secrets of a release, with their values.
 *
 * @param namespace where they are
 * @param release the release's name
 * @param secrets what the environment says of them, references filled in
 * @param deployment the deployment, whose credentials read the values
 * @throws when a value cannot be read
 */
export async function secretObjects(
  namespace: string,
  release: string,
  secrets: Release["secrets"],
  deployment: Deployment,
): Promise<object[]> {
  const labels = secretLabels(deployment, release)
  return Promise.all(
    Object.entries(secrets).map(async ([name, keys]) => {
      const pairs = Object.entries(keys).map(async ([key, from]) => [
        key,
        "arn" in from ? await secretValue(deployment.place, from.arn, from.field) : from.value,
      ])
      const stringData = Object.fromEntries(await Promise.all(pairs))
      return { apiVersion: "v1", kind: "Secret", metadata: { name, namespace, labels }, type: "Opaque", stringData }
    }),
  )
}
