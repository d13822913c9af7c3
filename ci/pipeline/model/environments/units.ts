/** The infrastructure units of each scope: the inputs that they take and the outputs that they give, as terragrunt/ has them. */
import { z } from "zod"

/** From the widest scope to the narrowest; a narrower one may use the outputs of a wider one. */
export const SCOPES = ["account", "cluster", "environment"] as const
export type Scope = (typeof SCOPES)[number]

interface Unit {
  readonly scope: Scope
  /** Inputs that environment files may set; names and connections between units are made by terragrunt/. */
  readonly inputs: z.ZodObject
  readonly outputs: readonly string[]
  /** Outputs of units of wider scopes that it takes, by unit. */
  readonly takes?: Readonly<Record<string, readonly string[]>>
}

/** Zones have other names in each account, but one id: https://docs.aws.amazon.com/ram/latest/userguide/working-with-az-ids.html */
const zoneId = z.string().regex(/^[a-z]+\d-az\d$/, "must be the id of a zone, such as use1-az1")

const days = z.int().min(0)
const strings = z.record(z.string(), z.string())

const nodeGroup = z.strictObject({
  instance_types: z.array(z.string()).min(1),
  min_size: z.int().min(0),
  max_size: z.int().min(1),
  desired_size: z.int().min(0).optional(),
  disk_gib: z.int().min(1).optional(),
  ami_type: z.string().optional(),
  capacity_type: z.enum(["ON_DEMAND", "SPOT"]).optional(),
  zone_index: z.int().min(0).optional(),
  labels: strings.optional(),
  taints: z
    .array(
      z.strictObject({
        key: z.string(),
        value: z.string().optional(),
        effect: z.enum(["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"]).optional(),
      }),
    )
    .optional(),
})

const accessEntry = z.strictObject({
  principal_arn: z.string(),
  groups: z.array(z.string()).optional(),
  policies: z.record(z.string(), z.array(z.string())).optional(),
})

const secret = z.strictObject({
  description: z.string().optional(),
  username: z.string().optional(),
  length: z.int().min(16).max(256).optional(),
  version: z.int().min(1).optional(),
  generate: z.boolean().optional(),
})

const ids = { owner_id: z.string().optional(), repository_id: z.string().optional() }

const workflows = z.strictObject({
  repository: z.string().optional(),
  ...ids,
  environments: z.array(z.string()).optional(),
})

const tenant = z.strictObject({
  repository: z.string(),
  ...ids,
  environments: strings,
  repositories: z.string(),
})

/** A map for which mostly a reference stands: editors take one in place of a union, not of a map. */
const orReference = <Map extends z.ZodRecord | z.ZodObject>(map: Map) => z.union([map])

/** A test compares this table with the variables and outputs of terragrunt/modules. */
export const UNITS = {
  state: {
    scope: "account",
    inputs: z.strictObject({}),
    outputs: ["bucket", "bucket_arn"],
  },
  ecr: {
    scope: "account",
    inputs: z.strictObject({ repositories: z.array(z.string()), untagged_days: days.optional() }),
    outputs: ["repository_urls", "repository_arns", "registry"],
  },
  access: {
    scope: "account",
    inputs: z.strictObject({
      tenants: orReference(z.record(z.string(), tenant)).optional(),
      workflows: orReference(workflows).optional(),
      create_oidc_provider: z.boolean().optional(),
    }),
    outputs: ["role_arns", "plan_role_arns", "oidc_provider_arn"],
  },
  network: {
    scope: "cluster",
    inputs: z.strictObject({
      cidr: z.string().optional(),
      availability_zone_ids: z.array(zoneId).min(2).max(3),
      nat_per_zone: z.boolean().optional(),
    }),
    outputs: [
      "vpc_id",
      "vpc_cidr",
      "availability_zone_ids",
      "public_subnet_ids",
      "private_subnet_ids",
      "intra_subnet_ids",
      "nat_public_ips",
    ],
  },
  eks: {
    scope: "cluster",
    inputs: z.strictObject({
      kubernetes_version: z.string().optional(),
      public_access_cidrs: z.array(z.string()).optional(),
      node_groups: z.record(z.string(), nodeGroup),
      access_entries: z.record(z.string(), accessEntry).optional(),
      tenants: orReference(z.record(z.string(), z.array(z.string()))).optional(),
      workflows: z.boolean().optional(),
      addon_versions: strings.optional(),
      log_retention_days: days.optional(),
    }),
    outputs: [
      ...["cluster_name", "cluster_arn", "kubernetes_version", "endpoint", "certificate_authority", "oidc_issuer"],
      ...["node_security_group_id", "node_role_arn", "node_groups", "kms_key_arn"],
    ],
  },
  msk: {
    scope: "cluster",
    inputs: z.strictObject({
      kafka_version: z.string().optional(),
      instance_type: z.string().optional(),
      brokers_per_subnet: z.int().min(1).optional(),
      volume_gib: z.int().min(1).optional(),
      server_properties: strings.optional(),
      log_retention_days: days.optional(),
    }),
    outputs: [
      "cluster_arn",
      "brokers",
      "bootstrap_brokers",
      "bootstrap_brokers_tls",
      "kafka_version",
      "security_group_id",
    ],
  },
  rds: {
    scope: "environment",
    inputs: z.strictObject({
      engine_version: z.string().optional(),
      instance_class: z.string().optional(),
      storage_type: z.enum(["gp3", "io2"]).optional(),
      allocated_gib: z.int().min(20).optional(),
      max_allocated_gib: z.int().min(0).optional(),
      iops: z.int().min(1).optional(),
      database: z.string(),
      username: z.string().optional(),
      parameters: strings.optional(),
      multi_az: z.boolean().optional(),
      apply_immediately: z.boolean().optional(),
      backup_days: days.max(35).optional(),
      deletion_protection: z.boolean().optional(),
      skip_final_snapshot: z.boolean().optional(),
    }),
    outputs: ["identifier", "address", "port", "database", "username", "master_secret_arn", "security_group_id"],
    takes: { network: ["vpc_id", "intra_subnet_ids"], eks: ["node_security_group_id"] },
  },
  secrets: {
    scope: "environment",
    inputs: z.strictObject({ secrets: z.record(z.string(), secret), recovery_days: days.max(30).optional() }),
    outputs: ["arns", "names"],
  },
} satisfies Record<string, Unit>

export const UNIT_NAMES = Object.keys(UNITS)

const unitsOf = (scope: Scope) =>
  z
    .strictObject(
      Object.fromEntries(
        Object.entries(UNITS)
          .filter(([, unit]) => unit.scope === scope)
          .map(([name, unit]) => [name, unit.inputs.optional()]),
      ),
    )
    .optional()

export const infrastructureSchema = z
  .strictObject({ account: unitsOf("account"), cluster: unitsOf("cluster"), environment: unitsOf("environment") })
  .describe("Scope, unit, inputs of the unit (terragrunt/modules)")

/** The scope that a unit belongs to; undefined if there is no such unit. */
export const scopeOf = (unit: string): Scope | undefined => unitNamed(unit)?.scope

/** The names of a unit's outputs. */
export const outputsOf = (unit: string): readonly string[] => unitNamed(unit)?.outputs ?? []

/** Outputs of units of wider scopes that the units of a scope take, by unit. */
export function outputsTaken(scope: Scope): Record<string, string[]> {
  const taken: Record<string, string[]> = {}
  for (const unit of Object.values<Unit>(UNITS).filter((unit) => unit.scope === scope))
    for (const [from, outputs] of Object.entries(unit.takes ?? {})) taken[from] = [...(taken[from] ?? []), ...outputs]
  return taken
}

const unitNamed = (name: string): Unit | undefined =>
  Object.hasOwn(UNITS, name) ? UNITS[name as keyof typeof UNITS] : undefined
