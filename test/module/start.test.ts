// What a call costs before it does anything: one start of the module, not a second one for the constructor.
import { expect, test } from "vitest"
import { call, sandboxPort } from "./world.js"

test("the engine has the constructor's result for the same arguments, whatever is called", async () => {
  sandboxPort()
  await call("environments")
  const { stderr } = await call("environment", "--name", "preview-nightly")
  expect(stderr).toContain("walletWorld CACHED")
})
