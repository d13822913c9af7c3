/** Stand-ins for what only a deployment yields: recognisable, the same at every run, of the type that the real thing has. */
import { digest } from "../text/canonical.js"
import type { Json } from "../text/tree.js"
import { type Lookup, lookupIn } from "./resolve.js"
import { type Stage, stageIn } from "./stage.js"

/**
 * A lookup for rendering a stage that is not deployed. References to outputs without a stand-in stay as written.
 *
 * @param stage the stage
 * @example
 * resolve(environment, ["releases", "dapp-store", "values"], exampleLookup(environment)).value
 */
export function exampleLookup(stage: Stage): Lookup {
  const { account, region, images, uses } = stage
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`
  return lookupIn({
    images: Object.fromEntries(
      Object.entries(images).map(([name, { repository }]) => [name, `${registry}/${repository}@${digest(repository)}`]),
    ),
    infra: outputs(stage),
    environments: Object.fromEntries(Object.entries(uses).map(([name, used]) => [name, outputs(used)])),
  })
}

function outputs(stage: Stage): Record<string, Json> {
  const { name, account, cluster, region } = stage
  const [shared, own] = (["cluster", "environment"] as const).map((scope) => stageIn(stage, scope)?.units ?? {})
  const secrets = (own.secrets?.secrets ?? {}) as Record<string, Json>
  const arn = (secret: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${secret}`
  return {
    network: { vpc_cidr: shared.network?.cidr ?? "10.0.0.0/16" },
    msk: { brokers: [1, 2, 3].map((broker) => `b-${broker}.${cluster}.kafka.${region}.amazonaws.com:9092`) },
    rds: {
      database: "example",
      username: "example",
      ...own.rds,
      address: `${name}.${region}.rds.amazonaws.com`,
      port: 5432,
      master_secret_arn: arn(`rds-${name}`),
    },
    secrets: { arns: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, arn(secret)])) },
  }
}
