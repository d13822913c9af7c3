// The charts of a call: the caller's, and the module's own where the caller has none of that name.
import { dirname } from "node:path"
import { type Directory, dag } from "@dagger.io/dagger"
import type { Repository } from "./repository.js"

/** Charts, and the libraries that they are packed with: each a directory at its path in the repository. */
export interface Charts {
  paths: string[]
  content: Directory
}

/** Not a chart's source: what `helm dependency build` leaves in a checkout, and what others have installed there. */
const exclude = ["**/charts/*/charts", "**/node_modules", "**/.git"]

/**
 * All charts that a release can use. The module's own are where the caller's are: below `charts/`.
 *
 * @param workspace the caller's repository; it may have no charts
 * @param own the module's own charts
 */
export async function allCharts(workspace: Repository, own: Directory): Promise<Charts> {
  const files = workspace.directory(".", { include: ["**/Chart.yaml"], exclude })
  const [ours, theirs] = await Promise.all([own.glob("*/Chart.yaml"), files.glob("**/Chart.yaml")])
  const paths = theirs.map(dirname).filter((path) => path !== ".")
  const repository = workspace.directory(".", { include: paths, exclude })
  const charts = new Map<string, Directory>()
  for (const name of ours.map(dirname)) charts.set(`charts/${name}`, own.directory(name))
  for (const path of paths) charts.set(path, repository.directory(path))
  // Put together anew: in a directory of which something was removed, containers still find it.
  const content = [...charts].reduce((all, [path, chart]) => all.withDirectory(path, chart), dag.directory())
  return { paths: [...charts.keys()], content }
}
