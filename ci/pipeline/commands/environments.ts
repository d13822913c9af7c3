// environments and environment: what the files say, without a target.
import { environmentNames, environmentYaml, formatTable } from "../model/index.js"
import type { Session } from "./session.js"

/**
 * The environments as a table, or their names as JSON.
 *
 * @param session the call
 * @param tier leaves out those of other tiers; "" for all
 * @param names whether only names are wanted: one line of JSON, what another environment uses before it
 * @throws with every problem of every file, or when there is no environment of that tier
 */
export async function environmentTable(session: Session, tier: string, names: boolean): Promise<string> {
  const all = await session.environments()
  const environments = all.filter((environment) => tier === "" || environment.tier === tier)
  if (environments.length === 0) {
    const tiers = [...new Set(all.map((environment) => environment.tier))].sort()
    throw new Error(`there is no environment of tier ${tier}: the tiers are ${tiers.join(", ")}`)
  }
  if (names) return JSON.stringify(environmentNames(environments))
  return formatTable(
    ["environment", "cluster", "network", "tier", "host"],
    environments.map(({ name, cluster, network, tier, host }) => [name, cluster, network ?? "-", tier, host]),
  )
}

/**
 * One environment as YAML, merged and validated.
 *
 * @param session the call
 * @param name the environment's name
 * @param origins whether to add where each value comes from
 */
export async function environmentText(session: Session, name: string, origins: boolean): Promise<string> {
  return environmentYaml(await session.environment(name), { origins })
}
