// Closes a run with one plain line that scripts can read: «N passed, N failed».
import type { Reporter, TestModule } from "vitest/node"

export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that cannot be loaded, or an error outside of any test, is a failure too.
    const broken = modules.filter((module) => module.state() === "failed" && count("failed") === 0).length
    const skipped = count("skipped") + count("pending")
    const failed = count("failed") + broken + errors.length
    console.log(`${count("passed")} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`)
  }
}
