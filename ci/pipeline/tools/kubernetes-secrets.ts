// The Secrets of a namespace: their values are read only so that nothing that the module says shows them.
import { secrets } from "../model/index.js"
import type { Kubernetes, KubernetesObject } from "./kubernetes.js"

/** Keys of Secrets whose values are in no way secret: to hide them would make a text hard to read. */
const open = /^(.*[-_.])?(user(name)?|host(name)?|port|(db)?name|database|engine|ca\.crt|tls\.crt|namespace)$/i

/**
 * Reads the Secrets of a namespace, so that their values are taken out of what the module says from now on: the log of a
 * program that fails may hold them. A tenant's Secrets are made by somebody else, and a chart may make its own.
 *
 * @param kubernetes the cluster
 * @param namespace the namespace
 */
export async function learnSecrets(kubernetes: Kubernetes, namespace: string): Promise<void> {
  interface Secret extends KubernetesObject {
    data?: Record<string, string>
  }
  const fieldSelector = "type!=helm.sh/release.v1"
  const found = await kubernetes.list<Secret>(`/api/v1/namespaces/${namespace}/secrets`, { fieldSelector })
  for (const [key, value] of found.flatMap(({ data = {} }) => Object.entries(data)))
    if (!open.test(key)) secrets.know(Buffer.from(value, "base64").toString())
}
