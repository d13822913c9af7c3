// Going back, and which revisions count as good, as Helm's records say afterwards.
import { expect, test } from "vitest"
import { GOOD_LABEL, lastOf, MADE_LABEL, madeLabel, notAsMade, wasGood } from "../../ci/pipeline/model/index.js"
import { markGood, repair } from "../../ci/pipeline/steps/release-repair.js"
import type { Helm } from "../../ci/pipeline/tools/helm.js"
import { history } from "../../ci/pipeline/tools/helm-records.js"
import { Memory, object, record } from "./cluster.js"

const pod = (status: "True" | "False") => object("Pod web", { status: { conditions: [{ type: "Ready", status }] } })
const own = (revision: number) => ({ [MADE_LABEL]: madeLabel("abc", revision) })
const good = (revision: number) => ({ [GOOD_LABEL]: String(revision) })

/** The release, with a Helm that goes back as Helm does: with the labels of the revision that it goes back to. */
function release(cluster: Memory) {
  const rollback = async (_: string, __: string, to: number) => {
    const revisions = await history(cluster.client, "shop", "web")
    const target = revisions.find(({ revision }) => revision === to)
    cluster.objects.push(record(revisions.length + 1, "deployed", { ...target?.labels }, [pod("True")]))
  }
  const helm = { rollback } as unknown as Helm
  return { helm, kubernetes: cluster.client, namespace: "shop", name: "web", timeout: 0 }
}

const last = async (cluster: Memory) => {
  const found = lastOf(await history(cluster.client, "shop", "web"))
  if (!found) throw new Error("no revision")
  return found
}

test("a revision that was gone back to is this module's own, and good once it is ready", async () => {
  const cluster = new Memory([
    pod("True"),
    record(1, "superseded", { ...own(1), ...good(1) }),
    record(2, "failed", own(2)),
  ])
  expect(await repair(release(cluster))).toEqual([
    "revision 2 failed: rolled back to revision 1, the last good one (now revision 3); all of it is ready",
  ])
  const found = await last(cluster)
  expect(found.revision).toBe(3)
  expect(notAsMade(found, "abc")).toBeUndefined()
  expect(wasGood(found)).toBe(true)
})

test("one that is not ready then is not good, and one that somebody else made stays theirs", async () => {
  const cluster = new Memory([pod("False"), record(1, "deployed", {}, [pod("False")]), record(2, "failed", own(2))])
  expect((await repair(release(cluster)))[0]).toMatch(/revision 1, which was deployed before.*; not ready yet: Pod web/)
  const found = await last(cluster)
  expect(notAsMade(found, "abc")).toBe("revision 3 was not made by this module")
  expect(wasGood(found)).toBe(false)
})

test.each([
  ["somebody else's, and not ready", own(1), "False", false],
  ["somebody else's, and ready", own(1), "True", true],
  ["this module's own, for which Helm has waited", own(2), "False", true],
] as const)("before an upgrade, a deployed revision that is %s", async (_, labels, ready, expected) => {
  const cluster = new Memory([pod(ready), record(2, "deployed", { ...labels, ...good(1) }, [pod(ready)])])
  await markGood(release(cluster))
  expect(wasGood(await last(cluster))).toBe(expected)
})
