// Which environment or cluster a call is about.
import { listClusters, listEnvironments, type Owner } from "../model/index.js"
import type { Session } from "./session.js"

export type { Owner } from "../model/index.js"

/**
 * The owner that the options of a call name.
 *
 * @param session the call
 * @param env the environment's name; "" where none is named
 * @param cluster the cluster's name; "" where none is named
 * @throws when neither or both are named; the message lists those that there are
 */
export async function ownerNamed(session: Session, env: string, cluster: string): Promise<Owner> {
  if (env !== "" && cluster === "") return { scope: "environment", name: env }
  if (env === "" && cluster !== "") return { scope: "cluster", name: cluster }
  const files = await session.files()
  throw new Error(
    `${env === "" ? "nothing is named" : "an environment and a cluster are named"}: give one of --env (${listEnvironments(files).join(", ")}) ` +
      `and --cluster (${listClusters(files).join(", ")})`,
  )
}
