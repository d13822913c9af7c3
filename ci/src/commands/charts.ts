// The charts of a call: the caller's, and the module's own where the caller has none of that name.
import { type Directory, dag } from "@dagger.io/dagger"
import type { Repository } from "./repository.js"

/**
 * All charts that a release can use, and the libraries that they are packed with: one directory each.
 *
 * @param workspace the caller's repository; it may have no charts
 * @param own the module's own charts
 */
export async function allCharts(workspace: Repository, own: Directory): Promise<Directory> {
  // What `helm dependency build` leaves in a checkout is no source.
  const repository = workspace.directory(".", { include: ["charts"], exclude: ["charts/*/charts"] })
  const [ours, theirs] = await Promise.all([own.glob("*/Chart.yaml"), repository.glob("charts/*/Chart.yaml")])
  const charts = new Map<string, Directory>()
  for (const path of ours) charts.set(path.split("/")[0], own.directory(path.split("/")[0]))
  for (const path of theirs) charts.set(path.split("/")[1], repository.directory(`charts/${path.split("/")[1]}`))
  // Put together anew: in a directory of which something was removed, containers still find it.
  return [...charts].reduce((all, [name, chart]) => all.withDirectory(name, chart), dag.directory())
}
