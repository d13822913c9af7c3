// What a stage's units take of wider stages: this alone of their outputs is a reason to apply them again.
import { expect, test } from "vitest"
import { outputsTaken } from "../../../ci/pipeline/model/index.js"

test("units take outputs of wider scopes, and only those of the stage count", () => {
  expect(outputsTaken("environment")).toEqual({
    network: ["vpc_id", "intra_subnet_ids"],
    eks: ["node_security_group_id"],
  })
  expect(outputsTaken("cluster")).toEqual({})
  expect(outputsTaken("account")).toEqual({})
})
