// Uninstalls a release whatever is in the way: hooks that fail, and objects that Helm cannot address.
import { lastOf } from "../model/index.js"
import { content, forgetRecord, history, ofRemoval } from "../tools/helm-records.js"
import { say } from "../tools/say.js"
import { diagnoseHooks } from "./diagnosis.js"
import type { Installed } from "./installed.js"
import { ownObjects, strangeObjects } from "./release-objects.js"
import { Watch } from "./release-watch.js"

/** Seconds until all must be gone, at least: the timeout of a release says how long it starts, not how long it ends. */
export const patience = 300

/**
 * Uninstalls a release and waits until its objects are gone. Hooks that fail cannot keep it.
 *
 * @param release the release; one that is not there is no error
 * @returns what else had to be done, and why, one paragraph each; nothing where Helm did it at once
 * @throws when something of it is still there, with all that was tried
 */
export async function uninstall(release: Installed): Promise<string[]> {
  const { helm, kubernetes, namespace, name } = release
  const seconds = Math.max(release.timeout, patience)
  const made = await lastContent(release)
  const watch = new Watch(kubernetes, namespace, name, (line) => say(`release:${namespace}/${name}: ${line}`))
  try {
    await watch.during(helm.uninstall(name, namespace, seconds))
    return []
  } catch (error) {
    const { message } = error as Error
    const said = [`uninstalling failed: ${message}`]
    try {
      said.push(...(await finish({ ...release, timeout: seconds }, made, watch, message)))
      said.forEach((line) => {
        say(`release:${namespace}/${name}: ${line}`)
      })
      return said
    } catch (again) {
      throw new Error([...said, (again as Error).message].join("\n"))
    }
  }
}

type Made = Awaited<ReturnType<typeof lastContent>>

async function lastContent({ kubernetes, namespace, name }: Installed) {
  const last = lastOf(await history(kubernetes, namespace, name))
  return last ? content(kubernetes, namespace, name, last.revision) : { manifest: "", hooks: [] }
}

/** Does what is left after Helm has failed. */
async function finish(release: Installed, made: Made, watch: Watch, failure: string): Promise<string[]> {
  const { helm, kubernetes, namespace, name, timeout } = release
  const recorded = (await history(kubernetes, namespace, name)).length > 0
  if (!recorded) {
    // Helm has deleted everything, its records last, before it said what went wrong.
    const left = await ownObjects(kubernetes, namespace, name, made.manifest)
    if (left.length > 0) throw new Error(`still there: ${left.map(({ title }) => title).join(", ")}`)
    const after = made.hooks.filter(({ events }) => events?.includes("post-delete"))
    const blamed = after.map((hook) => ({ ...hook, last_run: { phase: "Unknown" } }))
    return [...(await diagnoseHooks(kubernetes, namespace, blamed, watch.hooks)), "everything else of it is gone"]
  }
  const { manifest, hooks } = await lastContent(release)
  const strange = await strangeObjects(kubernetes, namespace, manifest)
  const words = await diagnoseHooks(kubernetes, namespace, hooks.filter(ofRemoval), watch.hooks)
  if (strange.length > 0) {
    await removeByHand(release, manifest)
    const why = `Helm cannot address ${strange.join("; ")}`
    return [...words, `${why}. All else of it was deleted without Helm and without hooks`]
  }
  // What no hook has caused, such as a cluster that did not answer, is no reason to leave hooks out: they may save data.
  const blamed = words.length > 0 || /\bhook\b/i.test(failure)
  const how = blamed ? "without hooks" : "at the second try"
  try {
    await helm.uninstall(name, namespace, timeout, !blamed)
  } catch (error) {
    throw new Error([...words, `${how}, it failed, too: ${(error as Error).message}`].join("\n"))
  }
  return [...words, `it was uninstalled ${how}`]
}

/** Deletes the objects of a manifest that can be addressed, then Helm's records: the newest one last, which names them. */
async function removeByHand({ kubernetes, namespace, name, timeout }: Installed, manifest: string): Promise<void> {
  const deadline = Date.now() + timeout * 1000
  for (const { path } of await ownObjects(kubernetes, namespace, name, manifest)) await kubernetes.remove(path)
  for (;;) {
    const left = await ownObjects(kubernetes, namespace, name, manifest)
    if (left.length === 0) break
    if (Date.now() > deadline) {
      const titles = left.map(({ title }) => title).join(", ")
      throw new Error(`still being deleted after ${timeout} s: ${titles}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  for (const { revision } of await history(kubernetes, namespace, name))
    await forgetRecord(kubernetes, namespace, name, revision)
}
