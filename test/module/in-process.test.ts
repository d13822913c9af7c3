// A call in the process of a test does what the same words do at `./daggerw call`.
import { afterAll, beforeAll, expect, test } from "vitest"
import { Caller, errorOf, works } from "./caller.js"
import { call, daggerw, type Ended, returned } from "./world.js"

let caller: Caller
beforeAll(() => {
  caller = new Caller({
    "environments/shop.yaml": `cluster: nonprod
tier: nightly
releases:
  web: { chart: dapp-store, namespace: shop, values: { image: "\${images.program}", disk: 1Mi, script: "${works}" } }
`,
  })
})
afterAll(() => caller?.remove())

/** A result or an error, without the mark by which the engine finds the part of its trace that failed. */
const answer = (ended: Ended) =>
  ended.code === 0
    ? ended.stdout
    : errorOf(ended)
        .replace(/\[traceparent:[0-9a-f-]+\]/, "")
        .trim()

test.each([
  ["a text", ["environments"]],
  ["a switch, and a value after =", ["environments", "--names", "--tier=nightly"]],
  ["a value of its own, and a switch", ["environment", "--name", "shop", "--origins"]],
  ["a name that there is not", ["environment", "--name", "shpo"]],
  ["a directory of the caller's", ["difference", "--base=."]],
  ["an option of the module's before the function", ["--sandbox=nowhere", "lock", "--env", "shop"]],
])("%s", async (_, args) => {
  const [here, typed] = [await caller.call(args), await caller.daggerw(args)]
  expect(here.code).toBe(typed.code)
  expect(answer(here)).toBe(answer(typed))
  expect(answer(here)).not.toBe("")
})

test("in the checkout, too", async () => {
  const args = ["environments"]
  expect(returned(await call(...args))).toBe(returned(await daggerw(args)))
})

test("what changes in the caller's files between two calls is seen", async () => {
  const before = returned(await caller.call(["environment", "--name", "shop"]))
  caller.edit("environments/shop.yaml", "1Mi", "2Mi")
  const after = returned(await caller.call(["environment", "--name", "shop"]))
  expect(after).toBe(before.replace("1Mi", "2Mi"))
})
