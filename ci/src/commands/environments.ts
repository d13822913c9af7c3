// environments and environment: what the files say, without a target.
import { environmentYaml, formatTable, loadEnvironments } from "../model/index.js"
import type { Session } from "./session.js"

/**
 * All environments as a table.
 *
 * @param session the call
 * @throws with every problem of every file
 */
export async function environmentTable(session: Session): Promise<string> {
  const environments = loadEnvironments(await session.files(), { charts: await session.chartNames() })
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
