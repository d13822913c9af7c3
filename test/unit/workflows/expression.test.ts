// The expressions of workflows are evaluated as GitHub does, and what the tests do not know is an error.
import { expect, it } from "vitest"
import { evaluate, fill } from "../../module/expression.js"

const contexts = { github: { ref_type: "tag", event: { number: 7 } }, inputs: { role: "", "role-to-assume": "a" } }

it.each([
  ["github.ref_type == 'tag' && 'prod' || 'dev'", "prod"],
  ["github.ref_type != 'tag' && 'prod' || 'dev'", "dev"],
  ["inputs.role || inputs.role-to-assume", "a"],
  ["inputs.role && unknown.context", ""],
  ["!(github.ref_type == 'tag')", false],
  ["always() && 'it''s'", "it's"],
  ["fromJSON('[1]')", [1]],
])("%s is %j", (text, expected) => {
  expect(evaluate(text, contexts)).toEqual(expected)
})

it.each([
  ["inputs.rolle", "there is no inputs.rolle"],
  ["env.HOME", "there is no env.HOME"],
  ["failure()", "cannot call failure"],
  ["github.event.number > 6", "cannot read > 6"],
  ["github.event.number 7", "cannot read"],
  ["(inputs.role", "cannot read the expression"],
  ["", "cannot read the expression"],
])("%s is an error", (text, message) => {
  expect(() => evaluate(text, contexts)).toThrow(message)
})

it("fills text, and keeps the type of what is nothing but an expression", () => {
  expect(fill("deploy-${{ inputs.role-to-assume }}-${{ github.event.number }}", contexts)).toBe("deploy-a-7")
  expect(fill("${{ github.event.number }}", contexts)).toBe(7)
  expect(fill(false, contexts)).toBe(false)
})
