// Hands values to containers as the engine's secrets: they are in no layer, no cache key and no log.
import { type Container, dag, type Secret } from "@dagger.io/dagger"
import { digest } from "../model/index.js"

/**
 * A secret under a name that only its content decides, so that different values never share a name.
 *
 * @param value the secret text
 */
export function secret(value: string): Secret {
  return dag.setSecret(`wallet-world-${digest(value)}`, value)
}

/**
 * Sets secret environment variables.
 *
 * @param box the container
 * @param variables name and value pairs
 */
export function withSecretVariables(box: Container, variables: [string, string][]): Container {
  return variables.reduce((b, [name, value]) => b.withSecretVariable(name, secret(value)), box)
}
