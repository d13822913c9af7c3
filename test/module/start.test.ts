// What a call costs before it does anything: one start of the module, not a second one for the constructor.
import { expect, test } from "vitest"
import { daggerw, sandboxPort } from "./world.js"

test("the engine has the constructor's result for the same arguments, whatever is called", async () => {
  sandboxPort()
  await daggerw(["environments"])
  const { stderr } = await daggerw(["environment", "--name", "preview-nightly"])
  expect(stderr).toContain("walletWorld CACHED")
})
