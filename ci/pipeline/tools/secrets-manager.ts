// AWS Secrets Manager: reads the values that a release's Kubernetes Secrets are made of.
import { secrets } from "../model/index.js"
import { type AwsPlace, clientOptions } from "./aws.js"

/**
 * Reads a secret's current value.
 *
 * @param place target, account, region
 * @param arn the secret's ARN
 * @param field a key of the value, where the value is a JSON object
 * @returns the value, or the field of it; never logged
 * @throws when there is no such secret or field, or AWS refuses
 */
export async function secretValue(place: AwsPlace, arn: string, field?: string): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand } = await import("@aws-sdk/client-secrets-manager")
  const client = new SecretsManagerClient(await clientOptions(place))
  try {
    const { SecretString: text = "" } = await client.send(new GetSecretValueCommand({ SecretId: arn }))
    secrets.know(text)
    if (field === undefined) return text
    const value = JSON.parse(text)[field]
    if (typeof value === "string" || typeof value === "number") return secrets.know(String(value))
  } catch (error) {
    // A parser's message would repeat a part of the secret.
    const reason = error instanceof SyntaxError ? "its value is not a JSON object" : (error as Error).message
    throw new Error(`the secret ${arn} cannot be read: ${reason}`)
  } finally {
    client.destroy()
  }
  throw new Error(`the secret ${arn} has no field ${field}: correct the release's \`secrets\``)
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
  const client = new SecretsManagerClient(await clientOptions(place))
  try {
    const { VersionIdsToStages = {} } = await client.send(new DescribeSecretCommand({ SecretId: arn }))
    return Object.keys(VersionIdsToStages).find((id) => VersionIdsToStages[id].includes("AWSCURRENT"))
  } catch (error) {
    if ((error as Error).name === "ResourceNotFoundException") return undefined
    throw new Error(`the secret ${arn} cannot be looked at: ${(error as Error).message}`)
  } finally {
    client.destroy()
  }
}
