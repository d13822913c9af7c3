// The charts of a call: the caller's, and the module's own where the caller has none of that name.
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative } from "node:path"
import { type Directory, dag } from "@dagger.io/dagger"
import { chartDirectories } from "../model/index.js"
import type { Charts } from "../tools/helm-charts.js"
import type { Repository } from "./repository.js"

/** What says where charts are, and what is packed into them. */
const include = ["**/Chart.yaml", "**/charts/*.tgz"]

/** Nobody's charts: what others have installed there. */
const exclude = ["**/node_modules", "**/.git"]

/**
 * All charts that a release can use, whole: what a chart packs is for its own .helmignore to say. The module's own are where
 * the caller's are: below `charts/`.
 *
 * @param workspace the caller's repository; it may have no charts
 * @param own the module's own charts
 */
export async function allCharts(workspace: Repository, own: Directory): Promise<Charts> {
  const [ours, theirs] = await Promise.all([
    chartFiles(dag.directory().withDirectory("charts", own, { include })),
    chartFiles(workspace.directory(".", { include, exclude })),
  ])
  const paths = chartDirectories(theirs.keys())
  const repository = workspace.directory(".", { include: paths })
  const charts = new Map<string, Directory>()
  for (const path of chartDirectories(ours.keys())) charts.set(path, own.directory(relative("charts", path)))
  for (const path of paths) charts.set(path, repository.directory(path))
  const replaced = (path: string) => paths.some((chart) => path.startsWith(`${chart}/`))
  // Put together anew: in a directory of which something was removed, containers still find it.
  const content = [...charts].reduce((all, [path, chart]) => all.withDirectory(path, chart), dag.directory())
  return {
    files: new Map([...[...ours].filter(([path]) => !replaced(path)), ...theirs]),
    // When a file was written is no part of what it says.
    content: content.withTimestamps(0),
  }
}

/** The text of each Chart.yaml, and the names of archives, by path. One export: each request costs some 50 ms. */
async function chartFiles(directory: Directory): Promise<Map<string, string>> {
  const copy = await mkdtemp(join(tmpdir(), "wallet-world-"))
  try {
    await directory.export(copy)
    const entries = await readdir(copy, { recursive: true, withFileTypes: true })
    const paths = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name))
    const texts = paths.sort().map(async (path): Promise<[string, string]> => {
      const text = path.endsWith(".yaml") ? await readFile(path, "utf8") : ""
      return [relative(copy, path), text]
    })
    return new Map(await Promise.all(texts))
  } finally {
    await rm(copy, { recursive: true })
  }
}
