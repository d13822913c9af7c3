// What is done to a release before and after an upgrade, from its history alone.
import { describe, expect, test } from "vitest"
import {
  FOUND_LABEL,
  GOOD_LABEL,
  MADE_LABEL,
  madeLabel,
  nextRepair,
  notAsMade,
  type Revision,
  wasGood,
} from "../../../ci/pipeline/model/index.js"

/** A history such as "1 superseded good, 2 failed". */
const history = (text: string): Revision[] =>
  text
    .split(", ")
    .filter(Boolean)
    .map((one) => {
      const [revision, status, good] = one.split(" ")
      const labels: Record<string, string> = good ? { [GOOD_LABEL]: revision } : {}
      return { revision: Number(revision), status, labels }
    })

const repairOf = (text: string) => {
  const { because: _, ...repair } = nextRepair(history(text)) ?? { because: "" }
  return repair
}

describe("nothing has to be done", () => {
  test.each([
    ["not installed", ""],
    ["deployed", "1 deployed"],
    ["deployed after many", "1 superseded good, 2 failed, 3 deployed"],
    ["a refused value made no revision", "1 superseded good, 2 deployed good"],
    ["removed, with its history kept", "1 uninstalled"],
  ])("%s", (_, text) => expect(nextRepair(history(text))).toBeUndefined())
})

describe("back to the last revision that was good, by its number", () => {
  test.each([
    ["an upgrade that failed", "1 superseded good, 2 deployed good, 3 failed", 2],
    ["one that was killed", "1 deployed good, 2 pending-upgrade", 1],
    ["with a failed one before it: that is not what is rolled out", "1 deployed good, 2 failed, 3 failed", 1],
    ["failed ones between good ones", "1 superseded good, 2 superseded, 3 deployed good, 4 failed, 5 failed", 3],
    [
      "superseded is not good: a rollback that fails leaves that word behind",
      "1 superseded good, 2 superseded, 3 failed",
      1,
    ],
    ["in whatever order they are listed", "3 failed, 1 superseded good, 2 deployed good", 2],
    ["numbers, not texts: 10 is after 9", "9 superseded good, 10 superseded good, 11 failed", 10],
    ["a removal that was killed", "1 superseded good, 2 superseded good, 3 uninstalling", 2],
    ["an installation over an old history", "1 deployed good, 2 pending-install", 1],
    ["a status that nobody knows", "1 deployed good, 2 unknown", 1],
    ["over one that somebody else has made, and that nobody saw ready", "1 superseded good, 2 deployed, 3 failed", 1],
  ])("%s", (_, text, revision) => expect(repairOf(text)).toEqual({ do: "rollback", revision, good: true }))
})

test("where none was ever good, back to the one that is deployed: it may hold data", () => {
  const repair = { do: "rollback", revision: 2, good: false }
  expect(repairOf("1 superseded, 2 deployed, 3 failed")).toEqual(repair)
  expect(repairOf("2 deployed, 3 failed, 4 failed")).toEqual(repair)
})

describe("a rollback that did not end is forgotten: what it would have gone back from comes before it", () => {
  test.each([
    ["after a failure", "1 deployed, 2 failed, 3 pending-rollback", 3],
    ["after a killed upgrade", "1 deployed, 2 pending-upgrade, 3 pending-rollback", 3],
    ["twice", "1 deployed, 2 failed, 3 pending-rollback, 4 pending-rollback", 4],
  ])("%s", (_, text, revision) => expect(repairOf(text)).toEqual({ do: "forget", revision }))
})

describe("what was never good is taken away", () => {
  test.each([
    ["a first installation that failed", "1 failed"],
    ["one that was killed", "1 pending-install"],
    ["one whose removal was killed", "1 uninstalling"],
    ["several that failed", "1 superseded, 2 failed, 3 pending-upgrade"],
    ["the rollback is all that is left", "3 pending-rollback"],
  ])("%s", (_, text) => expect(repairOf(text)).toEqual({ do: "uninstall" }))
})

test("no history with a good revision leads to a removal, whatever happened to it", () => {
  const states = ["superseded", "failed", "pending-install", "pending-upgrade", "pending-rollback", "uninstalling"]
  for (const second of states)
    for (const third of states)
      expect(repairOf(`1 superseded good, 2 ${second}, 3 ${third}`), `${second}, ${third}`).not.toEqual({
        do: "uninstall",
      })
})

test("repairs come to an end, if each does what it says", () => {
  const states = ["deployed", "superseded", "failed", "pending-upgrade", "pending-rollback"]
  for (const first of states)
    for (const second of states) {
      let revisions = history(`1 ${first}, 2 ${second}`)
      let count = 0
      for (let next = nextRepair(revisions); next; next = nextRepair(revisions)) {
        expect(++count, `${first}, ${second}`).toBeLessThan(4)
        if (next.do === "uninstall") revisions = []
        else if (next.do === "forget") revisions = revisions.filter(({ revision }) => revision !== next?.revision)
        else revisions = [...revisions, { revision: 9, status: "deployed", labels: {} }]
      }
    }
})

test("the label of another revision, which Helm has copied, does not make a revision good", () => {
  expect(wasGood({ revision: 3, status: "failed", labels: { [GOOD_LABEL]: "2" } })).toBe(false)
  expect(wasGood({ revision: 3, status: "superseded", labels: { [GOOD_LABEL]: "3" } })).toBe(true)
})

describe("a label of Helm's record says what a revision was made of, and of which revision it says so", () => {
  const why = (revision: number, label?: string) =>
    notAsMade({ revision, status: "deployed", labels: label === undefined ? {} : { [MADE_LABEL]: label } }, "abc")

  test("made of the same", () => expect(why(3, madeLabel("abc", 3))).toBeUndefined())
  test("made of something else", () => expect(why(3, madeLabel("def", 3))).toBe("chart, images or values changed"))
  test.each([
    ["a label that Helm has copied", madeLabel("abc", 2)],
    ["a label that names no revision", "abc"],
    ["no label", undefined],
  ])("%s: somebody else made it", (_, label) => expect(why(3, label)).toBe("revision 3 was not made by this module"))
})

test("says why", () => {
  expect(nextRepair(history("1 deployed, 2 pending-upgrade"))?.because).toBe(
    "revision 2 was left half upgraded by a run that ended early",
  )
})

test("objects that were there before the first revision stay where it fails: only its record is removed", () => {
  const first = (status: string, found: string) =>
    nextRepair([{ revision: 1, status, labels: { [FOUND_LABEL]: found } }])
  expect(first("failed", "1")).toMatchObject({ do: "forget", revision: 1 })
  expect(first("failed", "1")?.because).toContain("objects of the release were there before it, which stay")
  expect(first("pending-install", "1")?.do).toBe("forget")
  // Helm copies labels to later revisions.
  expect(first("failed", "0")?.do).toBe("uninstall")
  const good = { revision: 1, status: "superseded", labels: { [GOOD_LABEL]: "1", [FOUND_LABEL]: "1" } }
  expect(nextRepair([good, { revision: 2, status: "failed", labels: {} }])?.do).toBe("rollback")
})
