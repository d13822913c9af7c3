/** Stand-ins for what only a deployment yields: recognisable, the same at every run, of the type that the real thing has. */
import { digest } from "../text/canonical.js"
import type { Json } from "../text/tree.js"
import type { Environment } from "./environment.js"
import { type Lookup, lookupIn } from "./resolve.js"

/**
 * A lookup for rendering an environment that is not deployed. References to outputs without a stand-in stay as written.
 *
 * @param environment the environment
 * @example
 * resolve(environment, ["releases", "dapp-store", "values"], exampleLookup(environment)).value
 */
export function exampleLookup(environment: Environment): Lookup {
  const { account, region, images, uses } = environment
  const registry = `${account}.dkr.ecr.${region}.amazonaws.com`
  return lookupIn({
    images: Object.fromEntries(
      Object.entries(images).map(([name, { repository }]) => [name, `${registry}/${repository}@${digest(repository)}`]),
    ),
    infra: outputs(environment),
    environments: Object.fromEntries(Object.entries(uses).map(([name, used]) => [name, outputs(used)])),
  })
}

function outputs({ name, account, cluster, region, infrastructure }: Environment): Record<string, Json> {
  const secrets = (infrastructure.environment.secrets?.secrets ?? {}) as Record<string, Json>
  const arn = (secret: string) => `arn:aws:secretsmanager:${region}:${account}:secret:${secret}`
  return {
    network: { vpc_cidr: infrastructure.cluster.network?.cidr ?? "10.0.0.0/16" },
    msk: { brokers: [1, 2, 3].map((broker) => `b-${broker}.${cluster}.kafka.${region}.amazonaws.com:9092`) },
    rds: {
      database: "example",
      username: "example",
      ...infrastructure.environment.rds,
      address: `${name}.${region}.rds.amazonaws.com`,
      port: 5432,
      master_secret_arn: arn(`rds-${name}`),
    },
    secrets: { arns: Object.fromEntries(Object.keys(secrets).map((secret) => [secret, arn(secret)])) },
  }
}
