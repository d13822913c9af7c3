// tenant: what another repository may touch, and what its workflow needs.
import { formatTable, loadEnvironments, roleArn, tenantRoles } from "../model/index.js"
import { stateBucket } from "../tools/s3.js"
import type { Session } from "./session.js"

/**
 * Describes a tenant, from the files alone.
 *
 * @param session the call
 * @param name the tenant's name in `environments/_defaults.yaml`
 * @throws when there is no such tenant; the message lists those that there are
 */
export async function tenantText(session: Session, name: string): Promise<string> {
  const environments = loadEnvironments(await session.files())
  const [{ tenants, account, region }] = environments
  const tenant = tenants[name]
  if (!tenant) {
    const known = Object.keys(tenants).join(", ") || "none"
    throw new Error(`there is no tenant ${name} in environments/_defaults.yaml: there is ${known}`)
  }
  const roles = tenantRoles(name)
  const rows = Object.entries(tenant.environments).map(([environment, { namespaces }]) => {
    const of = environments.find((one) => one.name === environment)
    const handed = Object.values(of?.releases ?? {}).some((release) => release.tenant === name)
    return [environment, of?.cluster, namespaces.join(", "), handed ? "the tenant's pipeline" : "this repository"]
  })
  return [
    `The tenant ${name}: workflows of github.com/${tenant.repository}`,
    formatTable(
      ["what", "which"],
      [
        ["role", roleArn(account, roles.deploy)],
        ["role for plans", `${roleArn(account, roles.plan)}: reads what the other one changes`],
        ["images", `${account}.dkr.ecr.${region}.amazonaws.com/${tenant.prefix}*: pull and push`],
        ["state bucket", `${stateBucket({ account, region })}/tenants/${name}/*`],
      ],
    ),
    formatTable(["environment", "cluster", "namespaces that can be edited", "installed by"], rows),
    "Variables of its GitHub repository:",
    formatTable(
      ["variable", "value"],
      [
        ["AWS_ACCOUNT", account],
        ["AWS_REGION", region],
        ["AWS_ROLE", roleArn(account, roles.deploy)],
        ["AWS_PLAN_ROLE", roleArn(account, roles.plan)],
      ],
    ),
  ].join("\n\n")
}
