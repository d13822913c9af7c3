// Going back, and which revisions count as good, as Helm's records say afterwards.
import { expect, test } from "vitest"
import { GOOD_LABEL, lastOf, MADE_LABEL, madeLabel, notAsMade, wasGood } from "../../ci/pipeline/model/index.js"
import { markGood, repair } from "../../ci/pipeline/steps/release-repair.js"
import type { Helm } from "../../ci/pipeline/tools/helm.js"
import { history } from "../../ci/pipeline/tools/helm-records.js"
import { Cluster, manifestOf, object, record } from "./cluster.js"

const pod = (status: "True" | "False") => object("Pod web", { status: { conditions: [{ type: "Ready", status }] } })
const own = (revision: number) => ({ [MADE_LABEL]: madeLabel("abc", revision) })
const good = (revision: number) => ({ [GOOD_LABEL]: String(revision) })

/** The release, with a Helm that goes back as Helm does: with the labels of the revision that it goes back to. */
function release(cluster: Cluster) {
  const rollback = async (_: string, __: string, to: number) => {
    const revisions = await history(cluster.kubernetes, "shop", "web")
    const target = revisions.find(({ revision }) => revision === to)
    const labels = { ...target?.labels }
    cluster.put(record({ revision: revisions.length + 1, labels, manifest: manifestOf(pod("True")) }))
  }
  const helm = { rollback } as unknown as Helm
  return { helm, kubernetes: cluster.kubernetes, namespace: "shop", name: "web", timeout: 0 }
}

const last = async (cluster: Cluster) => {
  const found = lastOf(await history(cluster.kubernetes, "shop", "web"))
  if (!found) throw new Error("no revision")
  return found
}

test("a revision that was gone back to is this module's own, and good once it is ready", async () => {
  const cluster = new Cluster([
    pod("True"),
    record({ revision: 1, status: "superseded", labels: { ...own(1), ...good(1) } }),
    record({ revision: 2, status: "failed", labels: own(2) }),
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
  const cluster = new Cluster([
    pod("False"),
    record({ revision: 1, manifest: manifestOf(pod("False")) }),
    record({ revision: 2, status: "failed", labels: own(2) }),
  ])
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
  const cluster = new Cluster([
    pod(ready),
    record({ revision: 2, labels: { ...labels, ...good(1) }, manifest: manifestOf(pod(ready)) }),
  ])
  await markGood(release(cluster))
  expect(wasGood(await last(cluster))).toBe(expected)
})
