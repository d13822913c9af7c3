// What runs after a deployment: its pods and what they are, and the addresses that answer.
import { formatAddresses, formatPods, type Ingress, type Pod, type Service } from "../model/index.js"
import type { Deployment } from "./deployment.js"

/**
 * What runs in the deployed stage's namespaces.
 *
 * @param deployment the deployment
 * @returns paragraphs: the pods with their kinds, and where to look if the target is still there then; one that would say nothing is left out
 */
export async function whatRuns(deployment: Deployment): Promise<string[]> {
  const { stage, target } = deployment
  const kubernetes = await deployment.kubernetes()
  const namespaces = [...new Set(Object.values(stage.releases).map(({ namespace }) => namespace))].sort()
  const all = async <T>(api: string, plural: string): Promise<T[]> =>
    (await Promise.all(namespaces.map((name) => kubernetes.list<T>(`/${api}/namespaces/${name}/${plural}`)))).flat()
  const [pods, services, ingresses] = await Promise.all([
    all<Pod>("api/v1", "pods"),
    all<Service>("api/v1", "services"),
    all<Ingress>("apis/networking.k8s.io/v1", "ingresses"),
  ])
  const addresses = () => formatAddresses({ ingresses, services, pods }, (host) => target.address(host))
  return [formatPods(pods), target.gone ? "" : addresses()].filter((paragraph) => paragraph !== "")
}
