// Hands values to containers as the engine's secrets: they are in no layer, no cache key and no log.
import { createHmac, randomBytes } from "node:crypto"
import { type Container, dag, type Secret } from "@dagger.io/dagger"
import { secrets } from "../model/index.js"

/** Names stand in the engine's trace: without this key, nobody can try out which value a name belongs to. */
const nameKey = randomBytes(32)

/**
 * A secret under a name that only its content decides, so that different values never share a name.
 *
 * @param value the secret text
 */
export function secret(value: string): Secret {
  const name = createHmac("sha256", nameKey).update(value).digest("hex")
  return dag.setSecret(`wallet-world-${name}`, value)
}

/**
 * Sets secret environment variables. Their values are taken out of everything that the module says, too.
 *
 * @param box the container
 * @param variables name and value pairs
 */
export function withSecretVariables(box: Container, variables: [string, string][]): Container {
  return variables.reduce((b, [name, value]) => b.withSecretVariable(name, secret(secrets.know(value))), box)
}
