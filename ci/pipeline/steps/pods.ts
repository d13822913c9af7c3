// What runs after a deployment: its pods, real or simulated, and the addresses that answer.
import { formatTable } from "../model/index.js"
import type { Deployment } from "./deployment.js"

/** The label that the sandbox puts on pods which it only simulates. */
const simulatedLabel = "wallet-world/simulated"

interface Pod {
  metadata: { name: string; namespace: string; labels?: Record<string, string> }
  status: { phase: string; conditions?: { type: string; status: string }[] }
}

interface Ingress {
  spec: { rules?: { host?: string; http?: { paths: { path?: string }[] } }[] }
}

const namespaces = ({ environment }: Deployment) =>
  [...new Set(Object.values(environment.releases).map(({ namespace }) => namespace))].sort()

/**
 * The pods of an environment's namespaces as a table.
 *
 * @param deployment the deployment
 */
export async function podTable(deployment: Deployment): Promise<string> {
  const kubectl = await deployment.kubectl()
  const lists = await Promise.all(namespaces(deployment).map((namespace) => kubectl.list<Pod>("pods", "-n", namespace)))
  const rows = lists.flat().map(({ metadata, status }) => {
    const ready = status.conditions?.some(({ type, status }) => type === "Ready" && status === "True")
    const kind = metadata.labels?.[simulatedLabel] === "true" ? "simulated" : "real"
    return [`${metadata.namespace}/${metadata.name}`, kind, ready ? "ready" : status.phase]
  })
  return formatTable(["pod", "kind", "state"], rows)
}

/**
 * Where to look: the hosts of the environment's ingresses.
 *
 * @param deployment the deployment
 */
export async function addresses(deployment: Deployment): Promise<string> {
  const kubectl = await deployment.kubectl()
  const lists = await Promise.all(
    namespaces(deployment).map((namespace) => kubectl.list<Ingress>("ingresses", "-n", namespace)),
  )
  const hosts = lists.flat().flatMap(({ spec }) => (spec.rules ?? []).flatMap(({ host }) => host ?? []))
  return ["Where to look:", ...[...new Set(hosts)].sort().map((host) => `  ${deployment.target.address(host)}`)].join(
    "\n",
  )
}
