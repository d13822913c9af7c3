// AWS Secrets Manager: reads the values that a release's Kubernetes Secrets are made of.
import { secrets } from "../model/index.js"
import { type AwsPlace, awsClient } from "./aws.js"
import { bytesOf } from "./secret-value.js"

/**
 * Reads a secret's current value.
 *
 * @param place target, account, region
 * @param arn the secret's ARN
 * @param field a field of the value, where the value is a JSON object
 * @returns the bytes of the value, or of the field of it; never logged
 * @throws when there is no such secret or field, it has no exact value, or AWS refuses
 */
export async function secretValue(place: AwsPlace, arn: string, field?: string): Promise<Uint8Array> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager")
  const client = await awsClient(place, SecretsManagerClient)
  try {
    const held = await client.send(new GetSecretValueCommand({ SecretId: arn }))
    secrets.know(held.SecretString ?? "")
    const bytes = bytesOf(held, field)
    secrets.know(Buffer.from(bytes).toString(held.SecretString === undefined ? "base64" : "utf8"))
    return bytes
  } catch (error) {
    throw new Error(`the secret ${arn} cannot be read: ${(error as Error).message}`)
  }
}

/**
 * The version of a secret's current value: another one after each change. It is not secret itself.
 *
 * @param place target, account, region
 * @param arn the secret's ARN
 * @returns the version's id, or undefined where there is no such secret
 * @throws when AWS refuses
 */
export async function secretVersion(place: AwsPlace, arn: string): Promise<string | undefined> {
  const { SecretsManagerClient, DescribeSecretCommand } = await import("@aws-sdk/client-secrets-manager")
  const client = await awsClient(place, SecretsManagerClient)
  try {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: arn }))
    return Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id].includes("AWSCURRENT"))
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined
    throw new Error(`the secret ${arn} cannot be described: ${(error as Error).message}`)
  }
}
