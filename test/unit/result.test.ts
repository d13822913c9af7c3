// The text that a call ends with: what is left of its work, and what to do next.
import { describe, expect, it } from "vitest"
import { resultText } from "../../ci/pipeline/commands/result.js"
import type { StepResult } from "../../ci/pipeline/model/index.js"
import type { Deployment } from "../../ci/pipeline/steps/deployment.js"

const deployment = (gone?: string) => ({ title: "one on a target", target: { gone } }) as Deployment
const done: StepResult[] = [{ step: "release:web", outcome: "created", note: "revision 1" }]
const broken: StepResult[] = [...done, { step: "release:api", outcome: "failed", note: "pods crash" }]

describe("a call's last words", () => {
  it("name the target first and last", () => {
    const lines = resultText(deployment(), done, "more").split("\n")
    expect([lines[0], lines.at(-3), lines.at(-1)]).toEqual(["one on a target", "more", "one on a target"])
  })

  it("say what failed, and that the same command continues", () => {
    expect(() => resultText(deployment(), broken)).toThrow(
      "failed: release:api; correct what is said above, then run the same command again: it leaves alone what has succeeded",
    )
  })

  it("promise nothing of a target that ends with the call", () => {
    expect(resultText(deployment("it has ended"), done, "more")).toContain("more\n\nit has ended\n\none on a target")
    expect(() => resultText(deployment("it has ended"), broken)).toThrow(/run the same command again\n\nit has ended/)
  })
})
