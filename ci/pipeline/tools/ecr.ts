// AWS ECR: the registry's login, and what its repositories hold.
import { secrets } from "../model/index.js"
import { type AwsPlace, awsClient } from "./aws.js"

/** A registry and how to log in to it. */
export interface Registry {
  /** Host and port, as image references start with it. */
  host: string
  username: string
  password: string
}

/**
 * The account's registry with a login that ECR issues for 12 hours.
 *
 * @param place target, account, region
 * @throws when AWS refuses
 */
export async function registryLogin(place: AwsPlace): Promise<Registry> {
  const { ECRClient, GetAuthorizationTokenCommand } = await import("@aws-sdk/client-ecr")
  const client = await awsClient(place, ECRClient)
  const { authorizationData } = await client.send(new GetAuthorizationTokenCommand({}))
  const [data] = authorizationData ?? []
  if (!data?.authorizationToken || !data.proxyEndpoint) throw new Error("ECR issued no authorization token: try again")
  const [username, password] = Buffer.from(data.authorizationToken, "base64").toString().split(":")
  return { host: new URL(data.proxyEndpoint).host, username, password: secrets.know(password) }
}

/**
 * The digest of what a repository holds under a tag.
 *
 * @param place target, account, region
 * @param repository the repository's name
 * @param tag the tag
 * @returns the digest, or undefined where the repository or the tag does not exist
 */
export async function digestOf(place: AwsPlace, repository: string, tag: string): Promise<string | undefined> {
  const { ECRClient, DescribeImagesCommand } = await import("@aws-sdk/client-ecr")
  const client = await awsClient(place, ECRClient)
  try {
    const answer = await client.send(
      new DescribeImagesCommand({ repositoryName: repository, imageIds: [{ imageTag: tag }] }),
    )
    return answer.imageDetails?.[0]?.imageDigest
  } catch (error) {
    if (["ImageNotFoundException", "RepositoryNotFoundException"].includes((error as Error).name)) return undefined
    throw error
  }
}
