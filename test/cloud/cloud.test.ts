// Runs the Python tests of the sandbox's cloud; they make and keep a virtual environment of their own.
import { expect, test } from "vitest"
import { command } from "../module/world.js"

test("the cloud answers, refuses and remembers as AWS does", async () => {
  const { code, stdout, stderr } = await command("test/cloud/run", [])
  expect(code, `${stdout}${stderr}`).toBe(0)
  // unittest says how many it ran: none would be no test.
  expect(`${stdout}${stderr}`).toMatch(/Ran [1-9]\d* tests/)
})
