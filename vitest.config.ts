// The test suites: each is a project, so that one can be run alone: `npx vitest run --project unit`.
import { defineConfig } from "vitest/config"

const minutes = 60_000

/** A suite below test/ whose tests take at most so long each. */
const suite = (name: string, timeout: number, setup: string[] = []) => ({
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: timeout,
    globalSetup: setup,
  },
})

export default defineConfig({
  test: {
    reporters: ["default", "./test/closing-line.ts"],
    // Suites that run commands share two cores and one sandbox: one file at a time.
    fileParallelism: false,
    projects: [
      suite("unit", 10_000),
      suite("golden", 5 * minutes, ["./test/golden/setup.ts"]),
      suite("toolchain", 10 * minutes),
      suite("cloud", 10 * minutes),
      suite("module", 45 * minutes),
    ],
  },
})
