// AWS STS: who the caller is, and the Kubernetes token that EKS makes of it.
import { secrets } from "../model/index.js"
import { oneRequest } from "../targets/credentials.js"
import { type AwsPlace, awsClient } from "./aws.js"

/** Seconds that EKS takes a token for; it accepts no more than 15 minutes. */
const tokenSeconds = 15 * 60

/**
 * Checks that the credentials work, belong to the account that the environment names, and are good for a step.
 *
 * @param place target, account, region
 * @returns the caller's ARN
 * @throws when AWS refuses the credentials, they belong to another account, or they end too soon
 */
export async function checkCaller(place: AwsPlace): Promise<string> {
  await place.target.credentials(place.account)
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts")
  const client = await awsClient(place, STSClient)
  try {
    const identity = await client.send(new GetCallerIdentityCommand({}))
    if (identity.Account !== place.account)
      throw new Error(
        `the credentials belong to account ${identity.Account}, the environment to ${place.account}: ` +
          "correct `account` in environments/_defaults.yaml, or sign in to the other account",
      )
    return identity.Arn ?? ""
  } catch (error) {
    const { name, message } = error as Error
    if (name === "Error") throw error
    const next = name.startsWith("Expired") ? "they have expired: sign in again" : "check --aws-credentials"
    throw new Error(`AWS refuses the credentials (${name}: ${message}); ${next}`)
  }
}

/**
 * A Kubernetes token for an EKS cluster: a presigned GetCallerIdentity request, as `aws eks get-token` makes it.
 *
 * Source: https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 *
 * @param place target, account, region
 * @param cluster the cluster's name
 * @returns the token, good for 15 minutes
 */
export async function eksToken(place: AwsPlace, cluster: string): Promise<string> {
  const sign = await tokenSigner(place, cluster, oneRequest)
  return secrets.know(await sign(new Date()))
}

/** Seconds for which one token of many is used, at least; and how many there are at most, each of 1 to 2 kB. */
const shortestInterval = 15
const mostTokens = 250

/**
 * Tokens for a command that may run longer than one is good for: a request can be signed for a later time, from which on it
 * is good for 15 minutes.
 *
 * @param place target, account, region
 * @param cluster the cluster's name
 * @param seconds how long the command may run, from now on
 * @returns the tokens in order, each with the time in seconds since 1970 from which on it is to be used, for `interval` seconds
 */
export async function eksTokens(
  place: AwsPlace,
  cluster: string,
  seconds: number,
): Promise<{ interval: number; tokens: { from: number; token: string }[] }> {
  const interval = Math.max(shortestInterval, Math.ceil(seconds / mostTokens))
  const sign = await tokenSigner(place, cluster)
  const now = Math.floor(Date.now() / 1000)
  const times = Array.from({ length: Math.ceil(seconds / interval) + 1 }, (_, index) => now + index * interval)
  return {
    interval,
    tokens: await Promise.all(times.map(async (from) => ({ from, token: await sign(new Date(from * 1000)) }))),
  }
}

async function tokenSigner(place: AwsPlace, cluster: string, lasting?: number): Promise<(at: Date) => Promise<string>> {
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import("@smithy/signature-v4"), import("./hash.js")])
  const { accessKeyId, secretAccessKey, sessionToken } = await place.target.credentials(place.account, lasting)
  const signer = new SignatureV4({
    service: "sts",
    region: place.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    sha256: Hash,
  })
  const hostname = `sts.${place.region}.amazonaws.com`
  return async (at) => {
    const request = await signer.presign(
      {
        method: "GET",
        protocol: "https:",
        hostname,
        path: "/",
        query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
        headers: { host: hostname, "x-k8s-aws-id": cluster },
      },
      { expiresIn: tokenSeconds, signingDate: at, unhoistableHeaders: new Set(["x-k8s-aws-id"]) },
    )
    const query = new URLSearchParams(request.query as Record<string, string>)
    return `k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString("base64url")}`
  }
}
