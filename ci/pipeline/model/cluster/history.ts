/** A release's history as Helm keeps it, and what must be done to it before and after an upgrade. */
import { MADE_LABEL } from "./ownership.js"

/** One revision, as the labels of Helm's record say. */
export interface Revision {
  readonly revision: number
  /** deployed, superseded, failed, pending-install, pending-upgrade, pending-rollback, uninstalling, uninstalled. */
  readonly status: string
  readonly labels: Readonly<Record<string, string>>
}

/** What gets a release out of a state that nothing can be built on. */
export type Repair =
  /**
   * Forget a record: that of a rollback that did not end, as what it would have gone back from is still the last one; or the
   * first one of a release whose objects were there before.
   */
  | { readonly do: "forget"; readonly revision: number; readonly because: string }
  /** Go back to a revision that was good, or else to the one that Helm calls deployed. */
  | { readonly do: "rollback"; readonly revision: number; readonly good: boolean; readonly because: string }
  /** Take away what was never good. */
  | { readonly do: "uninstall"; readonly because: string }

/**
 * The label that marks a revision that has become ready. Its value is that revision's number, because Helm copies the labels
 * of a revision to those that follow it.
 */
export const GOOD_LABEL = "wallet-world.good"

/**
 * The label that marks a revision that found objects of its release in the cluster, but no record of them. Its value is that
 * revision's number. Where such a revision fails, they stay: they may hold data, and nobody knows whether they were good.
 */
export const FOUND_LABEL = "wallet-world.found"

/** Whether a revision has been ready once. Helm's word is not enough: it says "deployed" of what nobody has waited for, too. */
export const wasGood = ({ labels, revision }: Revision): boolean => labels[GOOD_LABEL] === String(revision)

/**
 * The value of the label that says what a revision was made of. It names the revision, because Helm copies the label to those
 * that somebody else makes after it.
 *
 * @param made the digest of chart, images and values
 * @param revision the number of the revision
 */
export const madeLabel = (made: string, revision: number): string => `${made}.${revision}`

/** The digest of what this module made a revision of; undefined when it did not make it. */
export function madeHere({ revision, labels }: Revision): string | undefined {
  const [made, of] = (labels[MADE_LABEL] ?? "").split(".")
  return of === String(revision) ? made : undefined
}

/** Why a revision is not what it would be made of now; undefined when it is. */
export function notAsMade(last: Revision, made: string): string | undefined {
  const before = madeHere(last)
  if (before === undefined) return `revision ${last.revision} was not made by this module`
  return before === made ? undefined : "chart, images or values changed"
}

/** The last revision of a history. */
export const lastOf = (history: readonly Revision[]): Revision | undefined =>
  history.reduce<Revision | undefined>((last, one) => (last && last.revision > one.revision ? last : one), undefined)

/**
 * What has to be done next to a release before Helm can upgrade it, or after an upgrade has failed. The history is to be read
 * again after each repair. What has a good revision, or one that is deployed, is never uninstalled.
 *
 * @param history the revisions, in any order
 * @returns undefined when nothing has to be done
 * @example
 * nextRepair([{ revision: 1, status: "deployed", labels: {} }, { revision: 2, status: "failed", labels: {} }])
 * // { do: "rollback", revision: 1, good: false, because: "revision 2 is failed" }
 */
export function nextRepair(history: readonly Revision[]): Repair | undefined {
  const last = lastOf(history)
  if (!last || last.status === "deployed" || last.status === "uninstalled") return undefined
  const { revision } = last
  const because = `revision ${revision} ${words[last.status] ?? `is ${last.status}`}`
  if (last.status === "pending-rollback" && history.length > 1) return { do: "forget", revision, because }
  const good = lastOf(history.filter(wasGood))
  const back = good ?? lastOf(history.filter(({ status }) => status === "deployed"))
  if (!back && last.labels[FOUND_LABEL] === String(revision))
    return {
      do: "forget",
      revision,
      because: `${because}, and objects of the release were there before it, which stay`,
    }
  if (!back) return { do: "uninstall", because }
  return { do: "rollback", revision: back.revision, good: back === good, because }
}

const words: Readonly<Record<string, string>> = {
  failed: "failed",
  "pending-install": "was left half installed by a run that ended early",
  "pending-upgrade": "was left half upgraded by a run that ended early",
  "pending-rollback": "was left half rolled back",
  uninstalling: "was left half removed",
}
