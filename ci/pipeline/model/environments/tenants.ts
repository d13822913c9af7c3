/** Other repositories that use the account: who they are, and which part of it is theirs. */
import { z } from "zod"
import { nameSchema, repositorySchema } from "../sources/images.js"
import { compare, type Problem } from "../text/problems.js"
import { suggest } from "../text/suggest.js"
import { type Json, keyPositionAt, type MapTree, type Path, positionAt, toJson, treeAt } from "../text/tree.js"
import { checkIds, githubShape, moduleInputs } from "./github.js"
import { namespaceSchema } from "./namespace.js"
import type { Place } from "./place.js"

const tenantSchema = z.strictObject({
  ...githubShape,
  prefix: z
    .string()
    .regex(/^([a-z0-9]+([._-][a-z0-9]+)*\/)+$/, "must be how names of ECR repositories begin, with a slash at the end")
    .describe("The ECR repositories below it can be pulled and pushed, such as dapp-store/"),
  repositories: z.array(repositorySchema).optional().describe("ECR repositories below prefix that are made for it"),
  environments: z
    .record(
      nameSchema,
      z.strictObject({
        namespaces: z.array(namespaceSchema.max(63)).min(1).describe("Kubernetes namespaces that can be edited"),
      }),
    )
    .describe("Environment, here and in the workflow's `environment:`, then what is the tenant's in it"),
})

/** Names of IAM roles are made from it: the one that plans ends in -plan. */
const tenantName = nameSchema
  .max(39, "must have at most 39 characters")
  .regex(/(?<!-plan)$/, "must not end in -plan: roles that plan do")

export const tenantsSchema = z.record(tenantName, tenantSchema)

type Tenant = z.infer<typeof tenantSchema>
export type Tenants = Record<string, Tenant>

/**
 * What is wrong with the tenants of an environment's tree, apart from their shape.
 *
 * @param environments the names of all environments
 */
export function checkTenants(tree: MapTree, environments: readonly string[]): Problem[] {
  const tenants = tenantsOf(tree)
  return [
    ...Object.entries(tenants).flatMap(([name, tenant]) => checkTenant(tree, name, tenant, tenants)),
    ...checkEnvironments(tree, tenants, environments),
  ]
}

function checkTenant(tree: MapTree, name: string, tenant: Tenant, tenants: Tenants): Problem[] {
  const problems: Problem[] = checkIds(tree, ["tenants", name], tenant)
  const report = (path: Path, message: string, hint: string) =>
    problems.push({ at: positionAt(tree, ["tenants", name, ...path]), message: `tenants.${name}${message}`, hint })
  for (const [other, { prefix }] of Object.entries(tenants)) {
    if (other !== name && tenant.prefix.startsWith(prefix))
      report(["prefix"], `.prefix is inside the prefix of ${other}`, "both tenants could push there")
  }
  for (const [index, repository] of (tenant.repositories ?? []).entries()) {
    if (!repository.startsWith(tenant.prefix))
      report(
        ["repositories", String(index)],
        `.repositories: ${repository} is not the tenant's`,
        `its prefix is ${tenant.prefix}`,
      )
  }
  const charts = treeAt(tree, ["chartRepository"])
  if (charts?.kind === "scalar" && `${charts.value}/`.startsWith(tenant.prefix))
    report(["prefix"], ".prefix holds our own charts", `they are below ${charts.value}`)
  return problems
}

/** Environments must exist, and a namespace can be one tenant's only. */
function checkEnvironments(tree: MapTree, tenants: Tenants, known: readonly string[]): Problem[] {
  const owners = new Map<string, string>()
  return Object.entries(tenants).flatMap(([name, tenant]) =>
    Object.entries(tenant.environments).flatMap(([environment, { namespaces }]): Problem[] => {
      const path = ["tenants", name, "environments"]
      const taken = namespaces.flatMap((namespace, index): Problem[] => {
        const owner = owners.get(namespace) ?? name
        owners.set(namespace, owner)
        const at = positionAt(tree, [...path, environment, "namespaces", index])
        return owner === name ? [] : [{ at, message: `namespace ${namespace} already belongs to tenant ${owner}` }]
      })
      if (known.includes(environment)) return taken
      const at = keyPositionAt(treeAt(tree, path) as MapTree, environment)
      return [...taken, { at, message: `there is no environment "${environment}"`, hint: suggest(environment, known) }]
    }),
  )
}

/**
 * The inputs of unit `access`: the tenants with those of their environments that are in a place's account and region.
 *
 * @param placeOf where each environment is
 */
export function tenantAccess(tree: MapTree, here: Place, placeOf: (environment: string) => Place): Json {
  const entries = Object.entries(tenantsOf(tree)).flatMap(([name, tenant]) => {
    const environments = Object.keys(tenant.environments).flatMap((environment) => {
      const { account, region, cluster } = placeOf(environment)
      return account === here.account && region === here.region && cluster ? [[environment, cluster]] : []
    })
    if (environments.length === 0) return []
    const { prefix } = tenant
    return [[name, { ...moduleInputs(tenant), repositories: prefix, environments: Object.fromEntries(environments) }]]
  })
  return Object.fromEntries(entries)
}

/** The namespaces of each tenant on a place's cluster; a tenant without any is left out. */
export function tenantNamespaces(tree: MapTree, here: Place, placeOf: (environment: string) => Place): Json {
  const entries = Object.entries(tenantsOf(tree)).flatMap(([name, tenant]) => {
    const namespaces = Object.entries(tenant.environments).flatMap(([environment, { namespaces }]) => {
      const { account, region, cluster } = placeOf(environment)
      return account === here.account && region === here.region && cluster === here.cluster ? namespaces : []
    })
    return namespaces.length > 0 ? [[name, [...new Set(namespaces)].sort(compare)]] : []
  })
  return Object.fromEntries(entries)
}

/** The tenants; none if they have not the schema's shape, which is reported with it. */
function tenantsOf(tree: MapTree): Tenants {
  const found = treeAt(tree, ["tenants"])
  const shaped = tenantsSchema.safeParse(found && toJson(found))
  return shaped.success ? shaped.data : {}
}
