// Keeps the engine from answering a command with an effect out of its cache.
import type { Container } from "@dagger.io/dagger"

/**
 * Makes the commands that follow run again at every call.
 *
 * @param box the container; commands that are already in it stay cached
 */
export function fresh(box: Container): Container {
  return box.withEnvVariable("WALLET_WORLD_RUN", crypto.randomUUID())
}
