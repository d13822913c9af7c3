// What runs after a deployment: its pods and what they are, and the addresses that answer.
import { formatAddresses, formatPods, type Ingress, type Pod, type Service } from "../model/index.js"
import type { Deployment } from "./deployment.js"

/**
 * What runs in an environment's namespaces.
 *
 * @param deployment the deployment
 * @returns paragraphs: the pods with their kinds, and where to look if the target is still there then; one that would say nothing is left out
 */
export async function whatRuns(deployment: Deployment): Promise<string[]> {
  const { environment, target } = deployment
  const kubectl = await deployment.kubectl()
  const namespaces = [...new Set(Object.values(environment.releases).map(({ namespace }) => namespace))].sort()
  const all = async <T>(kind: string): Promise<T[]> =>
    (await Promise.all(namespaces.map((namespace) => kubectl.list<T>(kind, "-n", namespace)))).flat()
  const [pods, services, ingresses] = await Promise.all([
    all<Pod>("pods"),
    all<Service>("services"),
    all<Ingress>("ingresses"),
  ])
  const addresses = () => formatAddresses({ ingresses, services, pods }, (host) => target.address(host))
  return [formatPods(pods), target.gone ? "" : addresses()].filter((paragraph) => paragraph !== "")
}
