// The settings that every AWS client of the module shares: region, credentials, and how the target is reached.
import { oneRequest } from "../targets/credentials.js"
import type { Credentials, Target } from "../targets/target.js"

/** Where AWS clients work: a target, an account and a region. */
export interface AwsPlace {
  target: Target
  account: string
  region: string
}

/**
 * Options for the constructor of an AWS client. Its requests are short: they are sent while a step is at work, too, which
 * keeps its lease with them and records what it has done.
 *
 * @param place target, account, region
 * @returns credentials that are read anew, the region, and the target's endpoint and connections where it has its own
 */
export async function clientOptions({ target, account, region }: AwsPlace) {
  const [credentials, { endpoint, agent }] = await Promise.all([
    target.credentials(account, oneRequest),
    target.connection(),
  ])
  const requestHandler = { requestTimeout: 30_000, ...(agent ? { httpsAgent: agent } : {}) }
  return { region, credentials, maxAttempts: 3, requestHandler, ...(endpoint ? { endpoint } : {}) }
}

/**
 * The environment variables by which command line tools get credentials.
 *
 * @param credentials the credentials
 * @returns name and value pairs; all of them are secret
 */
export function credentialVariables(credentials: Credentials): [string, string][] {
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  return [
    ["AWS_ACCESS_KEY_ID", accessKeyId],
    ["AWS_SECRET_ACCESS_KEY", secretAccessKey],
    ...(sessionToken ? [["AWS_SESSION_TOKEN", sessionToken] as [string, string]] : []),
  ]
}
