// doctor: what the files say, without asking anybody.
import {
  type Environment,
  imagesOf,
  isPlaceholder,
  type Pins,
  pinnedDigest,
  roleArn,
  stageIn,
  workflowRoles,
} from "../../model/index.js"
import type { Finding } from "./finding.js"

const defaults = "environments/_defaults.yaml"

/**
 * What in an environment's files is still a placeholder, left out or not pinned.
 *
 * @param environment the environment
 * @param pinned the digests of `environments/images.lock.yaml`
 */
export function settings(environment: Environment, pinned: Pins): Finding[] {
  return [
    account(environment),
    ...(environment.tenant ? [] : [github(environment)]),
    ...tenants(environment),
    ...pins(environment, pinned),
    apiReach(environment),
  ]
}

function account({ account }: Environment): Finding {
  return account === "000000000000"
    ? ["account", "missing", `a placeholder: set \`account\` in ${defaults}`]
    : ["account", "ok", account]
}

function github({ github }: Environment): Finding {
  const what = "GitHub repository"
  if (github && !isPlaceholder(github.repository)) return [what, "ok", github.repository]
  const note = github ? `${github.repository} is a placeholder` : "none is named"
  return [what, "missing", `${note}, so its workflows have no roles: set github.repository in ${defaults}`]
}

function tenants({ tenants }: Environment): Finding[] {
  return Object.entries(tenants).map(([name, { repository }]) =>
    isPlaceholder(repository)
      ? [
          `tenant ${name}`,
          "missing",
          `${repository} is a placeholder: set tenants.${name}.repository in ${defaults}, or remove the tenant`,
        ]
      : [`tenant ${name}`, "ok", repository],
  )
}

function pins(environment: Environment, pinned: Pins): Finding[] {
  return Object.entries(imagesOf(environment))
    .flatMap(([name, image]) => ("copy" in image ? [{ name, copy: image.copy }] : []))
    .map(({ name, copy }) =>
      pinnedDigest(name, copy, pinned)
        ? [`digest of ${name}`, "ok", pinned[name] ?? copy]
        : [`digest of ${name}`, "missing", "`./daggerw call pin-images > environments/images.lock.yaml` writes it"],
    )
}

function apiReach(environment: Environment): Finding {
  const cidrs = (stageIn(environment, "cluster")?.units.eks?.public_access_cidrs ?? []) as string[]
  const where = `infrastructure.cluster.eks.public_access_cidrs in environments/_clusters/${environment.cluster}.yaml`
  return cidrs.length > 0
    ? ["reach of the Kubernetes API", "ok", `from ${cidrs.join(", ")}`]
    : ["reach of the Kubernetes API", "unknown", `only from inside the network; to change that, set ${where}`]
}

/**
 * The variables that this repository's workflows need on GitHub: name, value, where.
 *
 * @param environment any environment of the account
 */
export function workflowVariables({ account, region, github }: Environment): [string, string, string][] {
  const named = github !== undefined && !isPlaceholder(github.repository)
  const role = (name: string) => (named ? roleArn(account, name) : "none as long as the repository is a placeholder")
  return [
    ["AWS_ACCOUNT", account, "repository"],
    ["AWS_REGION", region, "repository"],
    ["AWS_ROLE", role(workflowRoles.deploy), "each GitHub environment, or the repository"],
    ["AWS_PLAN_ROLE", role(workflowRoles.plan), "repository"],
  ]
}
