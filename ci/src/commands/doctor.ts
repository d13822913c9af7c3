// doctor: what an environment still lacks before it can be deployed to AWS. It asks, and changes nothing.
import { type Environment, formatTable, type Pins } from "../model/index.js"
import type { AwsPlace } from "../tools/aws.js"
import { ask, type Question } from "../tools/signed.js"
import type { Session } from "./session.js"

type State = "ok" | "missing" | "unknown"
type Finding = [what: string, state: State, note: string]

/** Minutes that credentials should be good for: a first deployment. */
const wanted = 60

const form = (service: string, version: string, action: string): Question => ({
  service,
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-www-form-urlencoded; charset=utf-8" },
  body: new URLSearchParams({ Action: action, Version: version }).toString(),
})
const json = (service: string, target: string, body: object = {}): Question => ({
  service,
  method: "POST",
  path: "/",
  headers: { "content-type": "application/x-amz-json-1.1", "x-amz-target": target },
  body: JSON.stringify(body),
})

/** One read of each service that the infrastructure is made of. */
const services: Record<string, Question> = {
  "EC2 (network)": form("ec2", "2016-11-15", "DescribeVpcs"),
  ECR: json("ecr", "AmazonEC2ContainerRegistry_V20150921.DescribeRepositories"),
  EKS: { service: "eks", method: "GET", path: "/clusters" },
  IAM: { ...form("iam", "2010-05-08", "ListRoles"), host: "iam.amazonaws.com" },
  KMS: json("kms", "TrentService.ListKeys"),
  MSK: { service: "kafka", method: "GET", path: "/v1/clusters" },
  RDS: form("rds", "2014-10-31", "DescribeDBInstances"),
  "Secrets Manager": json("secretsmanager", "secretsmanager.ListSecrets"),
}

/** Quotas that a first cluster can hit: service, code and how many it needs (AWS's names of Service Quotas). */
const quotas = [
  { what: "quota: VPCs", service: "vpc", code: "L-F678F1CE", needs: 1 },
  { what: "quota: Elastic IPs", service: "ec2", code: "L-0263D0A3", needs: 3 },
  { what: "quota: EKS clusters", service: "eks", code: "L-1194D53C", needs: 1 },
  { what: "quota: RDS instances", service: "rds", code: "L-7B6409FD", needs: 2 },
]

/**
 * Checks everything that can be asked before a first deployment.
 *
 * @param session the call
 * @param name the environment's name
 * @returns a table: what, ok or unknown, and a note
 * @throws with the same table, when something is missing
 */
export async function doctor(session: Session, name: string): Promise<string> {
  const { environment, place, target, caller, sources, title } = await session.deployment(name)
  const { expiration } = await target.credentials(environment.account)
  const findings: Finding[] = [
    ["credentials", "ok", caller],
    lifetime(expiration),
    account(environment),
    ...tenants(environment),
    ...pins(environment, sources.pins),
    apiReach(environment),
    ...(await Promise.all(Object.entries(services).map(([what, question]) => reach(place, what, question)))),
    await zone(place, environment.domain),
    ...(await Promise.all(quotas.map((quota) => enough(place, quota)))),
  ]
  const missing = findings.filter(([, state]) => state === "missing").length
  const summary = missing > 0 ? `${missing} of ${findings.length} are missing` : "nothing is missing"
  const note = "That a service can be read does not say that everything in it may be made: only a deployment does."
  const text = [title, formatTable(["what", "state", "note"], findings), `${summary}. ${note}`].join("\n\n")
  if (missing > 0) throw new Error(text)
  return text
}

function lifetime(expiration?: Date): Finding {
  const what = "lifetime of credentials"
  if (!expiration) return [what, "unknown", "they do not say when they end"]
  const minutes = Math.floor((expiration.getTime() - Date.now()) / 60_000)
  const note = `${minutes} min more`
  return minutes < wanted
    ? [
        what,
        "unknown",
        `${note}; a first deployment takes up to ${wanted}: with cmd:// they are read anew for each step`,
      ]
    : [what, "ok", note]
}

function account({ account }: Environment): Finding {
  return account === "000000000000"
    ? ["account", "missing", "a placeholder: set `account` in environments/_defaults.yaml"]
    : ["account", "ok", account]
}

function tenants({ tenants }: Environment): Finding[] {
  return Object.entries(tenants).map(([name, { repository }]) =>
    repository.includes("--")
      ? [
          `tenant ${name}`,
          "missing",
          `${repository} is a placeholder: set tenants.${name}.repository in environments/_defaults.yaml`,
        ]
      : [`tenant ${name}`, "ok", repository],
  )
}

function pins({ images }: Environment, pinned: Pins): Finding[] {
  return Object.entries(images)
    .filter(([, image]) => "copy" in image)
    .map(([name]) =>
      pinned[name]
        ? [`digest of ${name}`, "ok", pinned[name]]
        : [`digest of ${name}`, "missing", "`./daggerw call pin-images > environments/images.lock.yaml` writes it"],
    )
}

function apiReach({ cluster, infrastructure }: Environment): Finding {
  const cidrs = (infrastructure.cluster.eks?.public_access_cidrs ?? []) as string[]
  const where = `infrastructure.cluster.eks.public_access_cidrs in environments/_clusters/${cluster}.yaml`
  return cidrs.length > 0
    ? ["reach of the Kubernetes API", "ok", `from ${cidrs.join(", ")}`]
    : ["reach of the Kubernetes API", "unknown", `only from inside the network; to change that, set ${where}`]
}

async function reach(place: AwsPlace, what: string, question: Question): Promise<Finding> {
  const { status, text } = await answerTo(place, question)
  if (status === 200) return [what, "ok", "can be read"]
  if (status === 403) return [what, "missing", `the role may not read it: ${reason(text)}`]
  return [what, status === 0 ? "missing" : "unknown", reason(text)]
}

async function zone(place: AwsPlace, domain: string): Promise<Finding> {
  const what = `DNS zone ${domain}`
  const path = "/2013-04-01/hostedzonesbyname"
  const question: Question = {
    service: "route53",
    host: "route53.amazonaws.com",
    method: "GET",
    path,
    query: { dnsname: domain },
  }
  const { status, text } = await answerTo(place, question)
  if (status !== 200) return [what, "unknown", reason(text)]
  return text.includes(`<Name>${domain}.</Name>`)
    ? [what, "ok", "in this account"]
    : [what, "missing", "make a public hosted zone, and delegate to it from the zone above"]
}

async function enough(place: AwsPlace, { what, service, code, needs }: (typeof quotas)[number]): Promise<Finding> {
  const body = { ServiceCode: service, QuotaCode: code }
  const question = json("servicequotas", "ServiceQuotasV20190624.GetServiceQuota", body)
  const { status, text } = await answerTo(place, question)
  if (status !== 200) return [what, "unknown", reason(text)]
  const value = Number(JSON.parse(text).Quota?.Value)
  const note = `${value}; ${needs} of it needed, what is in use already is not counted`
  return [what, value >= needs ? "ok" : "missing", note]
}

/** What a service answers; status 0 when it cannot be reached. */
const answerTo = (place: AwsPlace, question: Question) =>
  ask(place, question).catch((error) => ({ status: 0, text: String(error) }))

/** What a refusal says, as one short line. */
const reason = (text: string) =>
  (/<Message>([^<]+)/.exec(text)?.[1] ?? /"[mM]essage": ?"([^"]+)/.exec(text)?.[1] ?? text)
    .replace(/\s+/g, " ")
    .slice(0, 160)
