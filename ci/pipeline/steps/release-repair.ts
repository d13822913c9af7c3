// Gets a release out of a state that nothing can be built on: half done by a run that was killed, or failed.
import {
  GOOD_LABEL,
  lastOf,
  MADE_LABEL,
  madeHere,
  madeLabel,
  nextRepair,
  type Repair,
  type Revision,
  wasGood,
} from "../model/index.js"
import { content, forgetRecord, history, labelRecord } from "../tools/helm-records.js"
import type { Installed } from "./installed.js"
import { strangeObjects, unreadyObjects, type Wrong } from "./release-objects.js"
import { uninstall } from "./release-uninstall.js"

/** What is forgotten and tried once more ends: five repairs are more than any history needs. */
const mostRepairs = 5

/** Seconds until what was gone back to must be ready; it was before. */
const patience = 120

/**
 * Repairs a release until Helm can upgrade it. The history is read again after each repair, whatever came of it.
 *
 * @param release the release
 * @returns what was done, one sentence each; nothing when nothing had to be done
 * @throws when it cannot be repaired, with what was done until then
 */
export async function repair(release: Installed): Promise<string[]> {
  const done: string[] = []
  const tried = new Set<string>()
  for (let count = 0; ; count++) {
    const revisions = await history(release.kubernetes, release.namespace, release.name)
    const next = nextRepair(revisions)
    if (!next) return done
    const again = tried.has(JSON.stringify({ ...next, because: "" }))
    tried.add(JSON.stringify({ ...next, because: "" }))
    try {
      if (count >= mostRepairs) throw new Error(`${next.because}, after ${count} repairs`)
      done.push(await carryOut(release, next, !again))
    } catch (error) {
      // The hooks of a chart cannot stop its repair: the second time goes without them. Uninstalling sees to that itself.
      if (again || next.do === "uninstall" || count >= mostRepairs)
        throw new Error([...done, attempt(next, error as Error)].join("\n"))
      done.push(`${attempt(next, error as Error)}; trying again without hooks`)
    }
  }
}

const attempt = (next: Repair, { message }: Error) =>
  next.do === "rollback"
    ? `rolling back to revision ${next.revision} failed: ${message}`
    : next.do === "uninstall"
      ? message
      : `removing the record of a revision failed: ${message}`

async function carryOut(release: Installed, next: Repair, hooks: boolean): Promise<string> {
  const { helm, kubernetes, namespace, name, timeout } = release
  if (next.do === "forget") {
    await forgetRecord(kubernetes, namespace, name, next.revision)
    return `${next.because}: its record was removed`
  }
  if (next.do === "uninstall") {
    const notes = await uninstall(release)
    return [`${next.because}, and the release has no good revision: it was uninstalled`, ...notes].join("\n")
  }
  const target = (await history(kubernetes, namespace, name)).find(({ revision }) => revision === next.revision)
  await helm.rollback(name, namespace, next.revision, timeout, hooks)
  const last = lastOf(await history(kubernetes, namespace, name))
  const made = target && madeHere(target)
  // Helm has copied the label of the revision that was gone back to.
  if (last && made) await label(release, last, { [MADE_LABEL]: madeLabel(made, last.revision) })
  const how = await becomesReady(release, last)
  const which = next.good ? "the last good one" : "which was deployed before; no revision is known to be good"
  return `${next.because}: rolled back to revision ${next.revision}, ${which} (now revision ${last?.revision}); ${how}`
}

/** Waits until a revision that was gone back to is ready, and says so either way. */
async function becomesReady(release: Installed, last?: Revision): Promise<string> {
  if (!last) return "it no longer exists"
  const deadline = Date.now() + Math.min(release.timeout, patience) * 1000
  for (;;) {
    const wrong = await lacking(release, last)
    if (wrong.length === 0) {
      await label(release, last, goodLabel(last))
      return "all of it is ready"
    }
    if (Date.now() > deadline) return `not ready yet: ${wrong.map(({ title, why }) => `${title}: ${why}`).join("; ")}`
    await new Promise((resolve) => setTimeout(resolve, 2_000))
  }
}

/**
 * Refuses a release that Helm can neither upgrade nor roll back, because its last revision has an object that Helm cannot
 * address: its kind is gone, or it has no name. What was never good is not refused: it is uninstalled, which needs neither.
 *
 * @throws with those objects, and what to do
 */
export async function assertAddressable({
  kubernetes,
  namespace,
  name,
}: Omit<Installed, "helm" | "timeout">): Promise<void> {
  const revisions = await history(kubernetes, namespace, name)
  const last = lastOf(revisions)
  const stays = revisions.some((one) => wasGood(one) || one.status === "deployed")
  if (!last || last.status === "uninstalled" || !stays) return
  const { manifest } = await content(kubernetes, namespace, name, last.revision)
  const strange = await strangeObjects(kubernetes, namespace, manifest)
  if (strange.length === 0) return
  throw new Error(
    `revision ${last.revision} contains what Helm cannot address: ${strange.join("; ")}. Helm can neither upgrade it nor go ` +
      "back, so nothing was changed. If a kind is unknown, install its CRD again, in that version. Or, if the release's " +
      "data may be deleted, remove the release from the environment's file, deploy, add it again, and deploy",
  )
}

/** Where a release is, and which it is. */
type Located = Pick<Installed, "kubernetes" | "namespace" | "name">

async function lacking({ kubernetes, namespace, name }: Located, { revision }: Revision): Promise<Wrong[]> {
  const { manifest } = await content(kubernetes, namespace, name, revision)
  return unreadyObjects(kubernetes, namespace, manifest)
}

const label = ({ kubernetes, namespace, name }: Located, { revision }: Revision, labels: Record<string, string>) =>
  labelRecord(kubernetes, namespace, name, revision, labels)

const goodLabel = ({ revision }: Revision) => ({ [GOOD_LABEL]: String(revision) })

/**
 * Marks the last revision, if it is good: Helm's word for it changes with the next one. Helm has waited for what this module
 * has made; what somebody else has made counts only if it is ready now.
 */
export async function markGood(release: Located): Promise<Revision | undefined> {
  const last = lastOf(await history(release.kubernetes, release.namespace, release.name))
  if (last?.status === "deployed" && !wasGood(last) && (madeHere(last) || (await lacking(release, last)).length === 0))
    await label(release, last, goodLabel(last))
  return last
}
