// git: compares directories; nothing in it touches a repository.
import { type Directory, ReturnType } from "@dagger.io/dagger"
import { toolbox } from "./toolbox.js"

/**
 * The difference between two directories.
 *
 * @param before the first
 * @param after the second
 * @returns a unified diff, sorted by file; "" when they are the same
 */
export async function unifiedDifference(before: Directory, after: Directory): Promise<string> {
  const command = ["git", "diff", "--no-index", "--no-color", "--no-renames", "--no-prefix", "before", "after"]
  const done = (await toolbox())
    .withDirectory("/work/before", before)
    .withDirectory("/work/after", after)
    .withWorkdir("/work")
    .withExec(command, { expect: ReturnType.Any })
  const [code, stdout, stderr] = await Promise.all([done.exitCode(), done.stdout(), done.stderr()])
  // 1 says that they differ.
  if (code > 1) throw new Error(`git diff: ${stderr.trim()}`)
  return stdout
}
