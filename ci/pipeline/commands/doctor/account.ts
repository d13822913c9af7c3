// doctor: what AWS says about the account: services, quotas, and what is made by hand or by an earlier deployment.
import { type Environment, isPlaceholder, roleArn, stageIn, workflowRoles } from "../../model/index.js"
import type { AwsPlace } from "../../tools/aws.js"
import type { Question } from "../../tools/signed.js"
import { answerTo, form, iam, json, reason } from "./ask.js"
import type { Finding } from "./finding.js"

/** One read of each service that the infrastructure is made of. */
const services: Record<string, Question> = {
  "EC2 (network)": form("ec2", "2016-11-15", "DescribeVpcs"),
  ECR: json("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
  EKS: { service: "eks", method: "GET", path: "/clusters" },
  IAM: iam("ListRoles"),
  KMS: json("kms", "TrentService.ListKeys"),
  MSK: { service: "kafka", method: "GET", path: "/v1/clusters" },
  RDS: form("rds", "2014-10-31", "DescribeDBInstances"),
  "Secrets Manager": json("secretsmanager", "secretsmanager.ListSecrets"),
}

/** Quotas that a first cluster can hit: service, code and how many it needs (AWS's names of Service Quotas). */
const quotas = (environment: Environment) => [
  { what: "quota: VPCs", service: "vpc", code: "L-F678F1CE", needs: 1 },
  { what: "quota: Elastic IPs", service: "ec2", code: "L-0263D0A3", needs: 3 },
  { what: "quota: vCPUs of instances", service: "ec2", code: "L-1216C47A", needs: processors(environment) },
  { what: "quota: EKS clusters", service: "eks", code: "L-1194D53C", needs: 1 },
  { what: "quota: RDS instances", service: "rds", code: "L-7B6409FD", needs: 2 },
]

/**
 * The virtual processors that the nodes of an environment's cluster have at least; instances of AWS are named after them:
 * large has 2, xlarge 4, 2xlarge 8.
 */
export function processors(environment: Environment): number {
  const groups = Object.values(stageIn(environment, "cluster")?.units.eks?.node_groups ?? {}) as {
    instance_types: string[]
    min_size: number
  }[]
  const sizes = groups.map(({ instance_types: [type], min_size }) => {
    const [, times, large] = /\.(\d*)(x?large)$/.exec(type) ?? []
    return min_size * (large === "xlarge" ? 4 * Number(times || 1) : 2)
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** The client of Google OAuth: a secret of this name, a JSON object of client_id and client_secret. */
export const googleOauth = "wallet-world/google-oauth"

/** Whether each service can be read. */
export const reachOfServices = (place: AwsPlace): Promise<Finding[]> =>
  Promise.all(Object.entries(services).map(([what, question]) => reach(place, what, question)))

async function reach(place: AwsPlace, what: string, question: Question): Promise<Finding> {
  const { status, text } = await answerTo(place, question)
  if (status === 200) return [what, "ok", "can be read"]
  if (status === 403) return [what, "missing", `the role may not read it: ${reason(text)}`]
  return [what, status === 0 ? "missing" : "unknown", reason(text)]
}

/** Whether quotas suffice for a first cluster. */
export const sizeOfQuotas = (place: AwsPlace, environment: Environment): Promise<Finding[]> =>
  Promise.all(quotas(environment).map((quota) => enough(place, quota)))

async function enough(
  place: AwsPlace,
  { what, service, code, needs }: ReturnType<typeof quotas>[number],
): Promise<Finding> {
  const body = { ServiceCode: service, QuotaCode: code }
  const question = json("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", body)
  const { status, text } = await answerTo(place, question)
  if (status !== 200) return [what, "unknown", reason(text)]
  const value = Number(JSON.parse(text).Quota?.Value)
  const note = `${value}; ${needs} of it needed, what is in use already is not counted`
  return [what, value >= needs ? "ok" : "missing", note]
}

/** Whether the roles of this repository's workflows are there; nothing as long as the repository is a placeholder. */
export async function roles(place: AwsPlace, { account, github, tenant }: Environment): Promise<Finding[]> {
  if (tenant || !github || isPlaceholder(github.repository)) return []
  return Promise.all(
    Object.values(workflowRoles).map(async (name): Promise<Finding> => {
      const what = `role ${name}`
      const { status, text } = await answerTo(place, iam("GetRole", { RoleName: name }))
      if (status === 200) return [what, "ok", roleArn(account, name)]
      return status === 404
        ? [what, "missing", "`deploy` makes it: run the first one by hand"]
        : [what, "unknown", reason(text)]
    }),
  )
}

/** Whether the client of Google OAuth is kept in Secrets Manager. Its value is not read. */
export async function oauthClient(place: AwsPlace): Promise<Finding> {
  const what = "Google OAuth client"
  const question = json("secretsmanager", "secretsmanager.DescribeSecret", { SecretId: googleOauth })
  const { status, text } = await answerTo(place, question)
  if (status === 200)
    return JSON.parse(text).DeletedDate
      ? [
          what,
          "missing",
          `its secret is being deleted: \`aws secretsmanager restore-secret --secret-id ${googleOauth}\``,
        ]
      : [what, "ok", `in the secret ${googleOauth}, which was not read`]
  const command = `aws secretsmanager create-secret --name ${googleOauth} --secret-string file://client.json`
  return /ResourceNotFoundException/.test(text)
    ? [what, "missing", `\`${command}\` with client_id and client_secret in it`]
    : [what, "unknown", reason(text)]
}
