// Says why a release did not become ready: hooks that failed, objects that are not ready, and the last words of their pods.
import { together } from "../model/index.js"
import { content, type Hook } from "../tools/helm-records.js"
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
    const made = await content(kubernetes, namespace, name, revision)
    const { hook, said } = await look(kubernetes, namespace, made, lines, new Map(), true)
    return (
      together(hook ? withGone(said, hooks) : said).join("\n") ||
      `nothing in ${namespace} that belongs to ${name} reports a problem`
    )
  } catch (error) {
    return `its pods could not be inspected: ${(error as Error).message}`
  }
}

/**
 * What the hooks of a removal said that did not succeed.
 *
 * @param kubernetes the cluster
 * @param namespace the release's namespace
 * @param hooks the hooks, with how each ended
 * @param seen what the pods of hooks said last, where they are gone
 * @returns one text, or none where no hook is to blame; never throws, as {@link diagnose}
 */
export async function diagnoseHooks(
  kubernetes: Kubernetes,
  namespace: string,
  hooks: Hook[],
  seen: Said[],
): Promise<string[]> {
  try {
    await learnSecrets(kubernetes, namespace)
    const { said } = await look(kubernetes, namespace, { manifest: "", hooks }, lines, new Map(), true)
    return said.length > 0 ? [together(withGone(said, seen)).join("\n")] : []
  } catch (error) {
    return [`its hooks could not be inspected: ${(error as Error).message}`]
  }
}

/** Adds what pods said before they were deleted, where none is left. */
const withGone = (said: Said[], seen: Said[]): Said[] => (said.some(isPod) ? said : [...said, ...seen.filter(isPod)])

const isPod = ([about]: Said) => about.startsWith("pod ")
