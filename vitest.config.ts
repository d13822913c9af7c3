// The test suites: each is a project, so that one can be run alone: `npx vitest run --project unit`.
import { defineConfig } from "vitest/config"
import { beginRun } from "./test/temporary.js"

beginRun()

const minutes = 60_000

/**
 * A suite below test/ whose tests take at most so long each; suites run one after the other, in the order of `order`. So do its
 * files, if it is not said how many of them may run at once.
 */
const suite = (
  order: number,
  name: string,
  timeout: number,
  globalSetup: string[] = [],
  env = {},
  hooks = timeout,
  atOnce = 1,
) => ({
  test: {
    name,
    env,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: hooks,
    globalSetup,
    fileParallelism: atOnce > 1,
    maxWorkers: atOnce,
    sequence: { groupOrder: order },
  },
})

/** Tokens that end under way: what takes longer than 15 minutes on EKS is tried in half a minute here. */
const shortTokens = { WALLET_WORLD_SANDBOX_TOKEN_SECONDS: "30" }

export default defineConfig({
  test: {
    reporters: ["default", "./test/closing-line.ts"],
    projects: [
      suite(1, "unit", 10_000),
      suite(2, "toolchain", 10 * minutes),
      suite(3, "cloud", 10 * minutes),
      suite(4, "golden", 5 * minutes, ["./test/golden/setup.ts"]),
      // Deploys what the module's tests deploy, too, and take away at their end.
      suite(5, "browser", 15 * minutes, ["./test/browser/setup.ts"], shortTokens),
      // What it needs for the first time, such as a sandbox, its hooks make. Each file has an environment of its own, and most of
      // its time is waiting.
      suite(6, "module", 15 * minutes, [], shortTokens, 45 * minutes, 3),
      // Changes what all environments share, or looks at all of it.
      suite(7, "shared", 15 * minutes, [], shortTokens, 45 * minutes),
    ],
  },
})
