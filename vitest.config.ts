// The test suites: each is a project, so that one can be run alone: `npx vitest run --project unit`.
import { defineConfig } from "vitest/config"

const minutes = 60_000

/** A suite below test/ whose tests take at most so long each; suites run one after the other, in the order of `order`. */
const suite = (
  order: number,
  name: string,
  timeout: number,
  globalSetup: string[] = [],
  env = {},
  hooks = timeout,
) => ({
  test: {
    name,
    env,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout: timeout,
    hookTimeout: hooks,
    globalSetup,
    // Suites that run commands share two cores and one sandbox, and some of them the same ports.
    fileParallelism: false,
    maxWorkers: 1,
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
      // What it needs for the first time, such as a sandbox, its hooks make.
      suite(6, "module", 15 * minutes, [], shortTokens, 45 * minutes),
    ],
  },
})
