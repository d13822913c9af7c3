// Says why a release did not become ready: hooks that failed, objects that are not ready, and the last words of their pods.
import { together } from "../model/index.js"
import { content } from "../tools/helm-records.js"
import type { Kubernetes } from "../tools/kubernetes.js"
import { learnSecrets } from "../tools/kubernetes-secrets.js"
import { look, type Said } from "./release-pods.js"

/** How many of a container's last lines are quoted. */
const lines = 15

/**
 * What is wrong with a revision of a release, one paragraph for each cause: the same words stand once, with all pods that
 * they apply to.
 *
 * @param kubernetes the cluster
 * @param namespace the release's namespace
 * @param name the release's name
 * @param revision the revision that has failed
 * @param hooks what the pods of its hooks said last, where they are gone
 * @returns text for an error; never throws, because it is called while another error is reported
 */
export async function diagnose(
  kubernetes: Kubernetes,
  namespace: string,
  name: string,
  revision: number,
  hooks: Said[],
): Promise<string> {
  try {
    await learnSecrets(kubernetes, namespace)
    const { hook, said } = await look(
      kubernetes,
      namespace,
      await content(kubernetes, namespace, name, revision),
      lines,
      new Map(),
      true,
    )
    const gone = hook && !said.some(([about]) => about.startsWith("pod "))
    const all = gone ? [...said, ...hooks.filter(([about]) => about.startsWith("pod "))] : said
    return together(all).join("\n") || `nothing in ${namespace} that belongs to ${name} reports a problem`
  } catch (error) {
    return `its pods could not be inspected: ${(error as Error).message}`
  }
}
