// The module's AWS clients, one for each service: region, credentials, and how the target is reached.
import { oneRequest } from "../targets/credentials.js"
import type { Credentials, Target } from "../targets/target.js"

/** Milliseconds. */
const timeouts = { connectionTimeout: 5_000, requestTimeout: 20_000, socketTimeout: 20_000 }

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
 * @returns where credentials are read, the region, and the target's endpoint and connections where it has its own
 */
export async function clientOptions({ target, account, region }: AwsPlace) {
  const { endpoint, agent } = await target.connection()
  const credentials = async () => {
    const found = await target.credentials(account, oneRequest)
    // The SDK never asks again for what has no end.
    return found.expiration ? found : { ...found, expiration: new Date() }
  }
  // A connection that something on the way has dropped is given up and the request repeated, long before a lease ends.
  const requestHandler = { ...timeouts, throwOnRequestTimeout: true, ...(agent ? { httpsAgent: agent } : {}) }
  return { region, credentials, maxAttempts: 3, requestHandler, ...(endpoint ? { endpoint } : {}) }
}

const clients = new WeakMap<Target, Map<unknown, Promise<unknown>>>()

/**
 * The client of a service at a place: one for the whole call, with its connections. Nobody ends it, as ending one client ends
 * the connections that the target gives to all.
 *
 * @param place target, account, region
 * @param Service the class of the client
 * @param more further options, the same wherever this service is asked
 */
export function awsClient<C>(
  place: AwsPlace,
  Service: new (options: Awaited<ReturnType<typeof clientOptions>>) => C,
  more: object = {},
): Promise<C> {
  const { target, account, region } = place
  const known = clients.get(target) ?? new Map<unknown, Promise<unknown>>()
  clients.set(target, known)
  const key = `${Service.name} ${account} ${region}`
  const client = known.get(key) ?? clientOptions(place).then((options) => new Service({ ...options, ...more }))
  known.set(key, client)
  return client as Promise<C>
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
