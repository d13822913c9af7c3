// AWS STS: who the caller is, and the Kubernetes token that EKS makes of it.
import { secrets } from "../model/index.js"
import { type AwsPlace, clientOptions } from "./aws.js"

/** Seconds that EKS takes a token for; it accepts no more than 15 minutes. */
const tokenSeconds = 15 * 60

/**
 * Checks that the credentials work and belong to the account that the environment names.
 *
 * @param place target, account, region
 * @returns the caller's ARN
 * @throws when AWS refuses the credentials, or they belong to another account
 */
export async function checkCaller(place: AwsPlace): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import("@aws-sdk/client-sts")
  const client = new STSClient(await clientOptions(place))
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
  } finally {
    client.destroy()
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
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import("@smithy/signature-v4"), import("./hash.js")])
  const { accessKeyId, secretAccessKey, sessionToken } = await place.target.credentials(place.account)
  const signer = new SignatureV4({
    service: "sts",
    region: place.region,
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    sha256: Hash,
  })
  const hostname = `sts.${place.region}.amazonaws.com`
  const request = await signer.presign(
    {
      method: "GET",
      protocol: "https:",
      hostname,
      path: "/",
      query: { Action: "GetCallerIdentity", Version: "2011-06-15" },
      headers: { host: hostname, "x-k8s-aws-id": cluster },
    },
    { expiresIn: tokenSeconds, unhoistableHeaders: new Set(["x-k8s-aws-id"]) },
  )
  const query = new URLSearchParams(request.query as Record<string, string>)
  return secrets.know(`k8s-aws-v1.${Buffer.from(`https://${hostname}/?${query}`).toString("base64url")}`)
}
