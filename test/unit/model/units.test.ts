// What a stage's units take of wider stages: this alone of their outputs is a reason to apply them again.
import { expect, test } from "vitest"
import { loadEnvironment, outputsTaken } from "../../../ci/pipeline/model/index.js"
import { edited, files, problemsOf } from "./fixture.js"

test("units take outputs of wider scopes, and only those of the stage count", () => {
  expect(outputsTaken("environment")).toEqual({
    network: ["vpc_id", "intra_subnet_ids"],
    eks: ["node_security_group_id"],
  })
  expect(outputsTaken("cluster")).toEqual({})
  expect(outputsTaken("account")).toEqual({})
})

test("a zone is named by its id: its name means another one in another account", () => {
  const named = files(edited("_defaults.yaml", "use1-az2", "us-east-1b"))
  expect(problemsOf(() => loadEnvironment(named, "one"))).toEqual([
    expect.stringMatching(
      /^_defaults\.yaml:11:41 infrastructure\.cluster\.network\.availability_zone_ids\.1 must be the id of a zone, such as use1-az1/,
    ),
  ])
})
