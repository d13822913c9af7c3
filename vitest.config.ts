// The test suites: each is a project, so that one can be run alone: `npx vitest run --project unit`.
import { defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"
import { beginRun } from "./test/temporary.js"

beginRun()

const minutes = 60_000

interface Settings {
  /** What runs before its files. */
  setup?: string[]
  env?: Record<string, string>
  /** Milliseconds that a hook may take, if not as many as a test. */
  hooks?: number
  /** How many of its files may run at once. */
  atOnce?: number
}

/** A suite below test/ whose tests take at most so many milliseconds each; suites run one after the other, by `order`. */
const suite = (
  order: number,
  name: string,
  testTimeout: number,
  { setup = [], env = {}, hooks = testTimeout, atOnce = 1 }: Settings = {},
) => ({
  test: {
    name,
    env,
    include: [`test/${name}/**/*.test.ts`],
    testTimeout,
    hookTimeout: hooks,
    globalSetup: setup,
    fileParallelism: atOnce > 1,
    maxWorkers: atOnce,
    sequence: { groupOrder: order },
  },
})

/** Files that take far longer than others of their suite: whatever begins last is waited for. */
const longest = ["test/module/workflows.test.ts"]

/** Within each suite the longest files begin first. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder
    const rest = ({ moduleId }: TestSpecification) => Number(!longest.some((path) => moduleId.endsWith(path)))
    const sorted = await super.sort(files)
    return sorted.toSorted((one, other) => order(one) - order(other) || rest(one) - rest(other))
  }
}

/** Tokens that end under way: what takes longer than 15 minutes on EKS is tried in half a minute here. */
const shortTokens = { WALLET_WORLD_SANDBOX_TOKEN_SECONDS: "30" }

export default defineConfig({
  test: {
    reporters: ["default", "./test/closing-line.ts"],
    sequence: { sequencer: LongestFirst },
    projects: [
      suite(1, "unit", 10_000, { atOnce: 2 }),
      suite(2, "toolchain", 10 * minutes),
      suite(3, "cloud", 10 * minutes),
      suite(4, "golden", 5 * minutes, { setup: ["./test/golden/setup.ts"] }),
      // Deploys what the workflows' tests find deployed.
      suite(5, "browser", 15 * minutes, { setup: ["./test/browser/setup.ts"], env: shortTokens }),
      // What it needs for the first time, such as a sandbox, its hooks make. Each file has an environment of its own, and most of
      // its time is waiting.
      suite(6, "module", 15 * minutes, { env: shortTokens, hooks: 45 * minutes, atOnce: 3 }),
      // Changes what all environments share, or looks at all of it.
      suite(7, "shared", 15 * minutes, { env: shortTokens, hooks: 45 * minutes }),
    ],
  },
})
