// Runs the measurement that needs the module's functions in its own process: again.test.ts, started by parts.mjs.
import { defineConfig } from "vitest/config"
import { beginRun } from "../test/temporary.js"

beginRun()

export default defineConfig({
  test: { root: import.meta.dirname, include: ["*.test.ts"], testTimeout: 15 * 60_000, hookTimeout: 15 * 60_000 },
})
