// Logs a container's tools in to the registry: crane and Helm read the same file.
import type { Container } from "@dagger.io/dagger"
import type { Registry } from "./ecr.js"
import { secret } from "./secrets.js"

const directory = "/run/target/registry"

/**
 * Mounts the registry's login where crane and Helm look for it.
 *
 * @param box the container
 * @param registry the registry and its login
 */
export function withRegistryLogin(box: Container, { host, username, password }: Registry): Container {
  const auth = Buffer.from(`${username}:${password}`).toString("base64")
  return box
    .withMountedSecret(`${directory}/config.json`, secret(JSON.stringify({ auths: { [host]: { auth } } })))
    .withEnvVariable("DOCKER_CONFIG", directory)
    .withEnvVariable("HELM_REGISTRY_CONFIG", `${directory}/config.json`)
}
