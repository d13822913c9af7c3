/** What an environment file may hold, once its layers are merged: one schema for the types, the editors and the errors. */
import { z } from "zod"
import { chartSchema } from "../sources/charts.js"
import { nameSchema, repositorySchema } from "../sources/images.js"
import type { Json } from "../text/tree.js"
import { githubSchema } from "./github.js"
import { namespaceSchema, POD_SECURITY, type PodSecurity } from "./namespace.js"
import { tenantsSchema } from "./tenants.js"
import { infrastructureSchema } from "./units.js"

/** Whatever YAML can say; the chart's own schema says more. */
const anything = z.unknown() as z.ZodType<Json>

/** Where the value of one key of a Kubernetes Secret comes from. */
const secretValueSchema = z.union([
  z.strictObject({
    arn: z.string().min(1).describe("ARN of a Secrets Manager secret, mostly a reference"),
    field: z.string().min(1).optional().describe("A field of the secret's JSON; the whole text if not given"),
  }),
  z.strictObject({ value: z.string().describe("A value that is not secret, such as a user name") }),
])

export const releaseSchema = z.strictObject({
  chart: chartSchema,
  namespace: namespaceSchema.describe("The Kubernetes namespace; it is created, and belongs to this environment alone"),
  values: z.record(z.string(), anything).optional().describe("Values for the chart"),
  secrets: z
    .record(nameSchema, z.record(z.string().regex(/^[-._a-zA-Z0-9]+$/, "must be a key of a Secret"), secretValueSchema))
    .optional()
    .describe("Kubernetes Secrets that are written before the release: name, key, where the value comes from"),
  needs: z.array(z.string()).optional().describe("Releases that must be there first and are not seen otherwise"),
  timeout: z.int().min(1).max(7200).optional().describe("Seconds until everything must be ready; 300 if not given"),
  tenant: nameSchema
    .optional()
    .describe("The tenant whose own pipeline installs it; here only namespace and Secrets are made ready for it"),
})

export const clusterReleaseSchema = releaseSchema.omit({ tenant: true }).extend({
  namespace: namespaceSchema.max(63).describe("The Kubernetes namespace; it is created, and belongs to the cluster"),
  podSecurity: z
    .enum(POD_SECURITY)
    .optional()
    .describe("The Pod Security standard of its namespace, for what must see the node; restricted if not given"),
})

/** What images are built for where nothing else is said. */
export const defaultPlatform = "linux/amd64"

export const environmentSchema = z.strictObject({
  account: z
    .string()
    .regex(/^\d{12}$/, "must be twelve digits in quotes")
    .describe("The AWS account; 000000000000 stands for one that is not chosen yet"),
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be an AWS region such as us-east-1"),
  domain: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, "must be a domain name such as lw.iog.io")
    .describe("Hosts are <service>.<environment>.<domain>"),
  cluster: nameSchema.describe("Names a file of _clusters/"),
  network: nameSchema.optional().describe("Names a file of _networks/; an environment may have none"),
  tier: nameSchema.describe("Names a file of _tiers/"),
  platform: z
    .enum(["linux/amd64", "linux/arm64"])
    .optional()
    .describe("What the cluster's nodes run, and images are built for; linux/amd64 if not given"),
  chartRepository: repositorySchema.describe("Charts are pushed to <this>/<name of the chart>"),
  tenant: nameSchema
    .optional()
    .describe("The tenant that these files belong to: the infrastructure is somebody else's, who shares its outputs"),
  github: githubSchema
    .optional()
    .describe("The GitHub repository of these files: roles are made for its workflows; said in _defaults.yaml"),
  tenants: tenantsSchema.optional().describe("Other repositories that use the account; said in _defaults.yaml"),
  protected: z.boolean().optional().describe("Destroying it has to be confirmed"),
  infrastructure: infrastructureSchema,
  clusterReleases: z
    .record(nameSchema, clusterReleaseSchema)
    .optional()
    .describe("Releases that the cluster's environments share: installed once, for those that need them"),
  releases: z.record(nameSchema, releaseSchema),
})

/** What the files that all of a cluster read hold: an environment's without what is an environment's own. */
export const clusterSchema = environmentSchema.omit({ network: true, tier: true, releases: true })

export type EnvironmentData = z.infer<typeof environmentSchema>
export type SecretValue = z.infer<typeof secretValueSchema>

/** A release with everything that was left out filled in. */
export type Release = Required<Omit<z.infer<typeof releaseSchema>, "tenant">> & {
  tenant?: string
  podSecurity?: PodSecurity
}

/** The keys that choose the layers of an environment, and the directory of each layer. */
export const SELECTORS = { cluster: "_clusters", network: "_networks", tier: "_tiers" } as const
