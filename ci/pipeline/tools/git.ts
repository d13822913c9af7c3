// git: compares directories; nothing in it touches a repository.
import type { Directory } from "@dagger.io/dagger"
import { ended } from "./exec.js"
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
  const box = (await toolbox())
    .withDirectory("/work/before", before)
    .withDirectory("/work/after", after)
    .withWorkdir("/work")
  const { code, stdout, stderr } = await ended(box, command)
  // 1 says that they differ.
  if (code > 1) throw new Error(`git diff: ${stderr.trim()}`)
  return stdout
}
