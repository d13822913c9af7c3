// The passphrase of state and plans: made once per account, kept in Secrets Manager.
import { randomBytes } from "node:crypto"
import { secrets } from "../model/index.js"
import { type AwsPlace, awsClient } from "./aws.js"

const name = "wallet-world/state-encryption"

/**
 * The passphrase that OpenTofu's state and plans of an account are encrypted with. The first caller makes it; whoever
 * loses the race takes the winner's.
 *
 * @param place target, account, region
 * @throws when AWS refuses
 */
export async function statePassphrase(place: AwsPlace): Promise<string> {
  const { SecretsManagerClient, GetSecretValueCommand, CreateSecretCommand } = await import(
    "@aws-sdk/client-secrets-manager"
  )
  const client = await awsClient(place, SecretsManagerClient)
  const read = async () => (await client.send(new GetSecretValueCommand({ SecretId: name }))).SecretString
  const existing = await read().catch(unless("ResourceNotFoundException"))
  if (existing) return secrets.know(existing)
  const made = randomBytes(32).toString("base64url")
  const Description = "Encrypts the state and the plans of OpenTofu. Without it they cannot be read."
  await client
    .send(new CreateSecretCommand({ Name: name, SecretString: made, Description }))
    .catch(unless("ResourceExistsException"))
  return secrets.know((await read()) ?? made)
}

/** Swallows one kind of error. */
function unless(expected: string) {
  return (error: Error): undefined => {
    if (error.name !== expected) throw error
  }
}
