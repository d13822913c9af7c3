/** A release's history as Helm keeps it, and what must be done to it before and after an upgrade. */

/** One revision, as the labels of Helm's record say. */
export interface Revision {
  readonly revision: number
  /** deployed, superseded, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, uninstalled. */
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
}

/** What gets a release out of a state that nothing can be built on. */
export type Repair =
  /** Forget the record of a rollback that did not end: what it would have gone back from is still the last one. */
  | { readonly do: "forget"; readonly revision: number; readonly because: string }
  /** Go back to a revision that was good. */
  | { readonly do: "rollback"; readonly revision: number; readonly because: string }
  /** Take away what was never good. */
  | { readonly do: "uninstall"; readonly because: string }

/**
 * The label that marks a revision that has become ready. Its value is that revision's number, because Helm copies the labels
 * of a revision to those that follow it.
 */
export const GOOD_LABEL = "wallet-world.good"

/**
 * Whether a revision has been good once. Helm's word is not enough for old ones: after a rollback that fails, and after an
 * upgrade that follows a failed one, it says "superseded" of revisions that never became ready.
 */
export const wasGood = ({ status, labels, revision }: Revision): boolean =>
  status === "deployed" || labels[GOOD_LABEL] === String(revision)

/** The last revision of a history. */
export const lastOf = (history: readonly Revision[]): Revision | undefined =>
  history.reduce<Revision | undefined>((last, one) => (last && last.revision > one.revision ? last : one), undefined)

/**
 * What has to be done next to a release before Helm can upgrade it, or after an upgrade has failed. The history is to be read
 * again after each repair. What has a good revision is never uninstalled.
 *
 * @param history the revisions, in any order
 * @returns undefined when nothing has to be done
 * @example
 * nextRepair([{ revision: 1, status: "deployed", labels: {} }, { revision: 2, status: "failed", labels: {} }])
 * // { do: "rollback", revision: 1, because: "revision 2 is failed" }
 */
export function nextRepair(history: readonly Revision[]): Repair | undefined {
  const last = lastOf(history)
  if (!last || last.status === "deployed" || last.status === "uninstalled") return undefined
  const { revision } = last
  const because = `revision ${revision} ${words[last.status] ?? `is ${last.status}`}`
  if (last.status === "pending-rollback" && history.length > 1) return { do: "forget", revision, because }
  const good = lastOf(history.filter(wasGood))
  return good ? { do: "rollback", revision: good.revision, because } : { do: "uninstall", because }
}

const words: Readonly<Record<string, string>> = {
  failed: "failed",
  "pending-install": "was left half installed by a run that ended early",
  "pending-upgrade": "was left half upgraded by a run that ended early",
  "pending-rollback": "was left half rolled back",
  uninstalling: "was left half removed",
}
