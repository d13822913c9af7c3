// render and difference: what environments come to, without a target, and how that differs between two states of the files.
import { type Directory, dag } from "@dagger.io/dagger"
import { ModelError } from "../model/index.js"
import { renderEnvironment } from "../steps/render.js"
import { unifiedDifference } from "../tools/git.js"
import { repositoryIn } from "./repository.js"
import type { Session } from "./session.js"

/**
 * One environment, rendered.
 *
 * @param session the call
 * @param name the environment's name
 */
export async function render(session: Session, name: string): Promise<Directory> {
  const [environment, sources] = await Promise.all([session.environment(name), session.sources()])
  return renderEnvironment(environment, sources)
}

/**
 * How all environments differ from what they were.
 *
 * @param session the call
 * @param base the repository as it was
 * @param env looks at this environment only; "" for all
 * @returns Markdown with a heading for each environment that differs, and the difference as unified diff
 * @throws when an environment cannot be loaded or rendered; that of the base is taken for empty then, and this is said
 */
export async function difference(session: Session, base: Directory, env: string): Promise<string> {
  const earlier = await session.on(repositoryIn(base))
  const after = await renderAll(session, env)
  const { before, note } = await renderAll(earlier, env)
    .then((before) => ({ before, note: "" }))
    .catch((error) => ({
      before: dag.directory(),
      note: `The base could not be rendered, everything is shown as new: ${summary(error)}\n\n`,
    }))
  const names = [...new Set([...(await before.entries()), ...(await after.entries())])].map((name) =>
    name.replace("/", ""),
  )
  const sections = await Promise.all(
    names.sort().map(async (name) => section(name, await unifiedDifference(part(before, name), part(after, name)))),
  )
  const touched = sections.filter((text) => text !== "")
  return note + (touched.length > 0 ? touched.join("\n") : "No environment is touched.\n")
}

async function renderAll(session: Session, env: string): Promise<Directory> {
  const [all, sources] = await Promise.all([session.environments(), session.sources()])
  const environments = all.filter(({ name }) => env === "" || name === env)
  const rendered = await Promise.all(environments.map((environment) => renderEnvironment(environment, sources)))
  const together = environments.reduce(
    (to, { name }, index) => to.withDirectory(name, rendered[index]),
    dag.directory(),
  )
  return together.sync()
}

/** An environment's part, empty where there is none. */
const part = (all: Directory, name: string) =>
  dag
    .directory()
    .withNewDirectory(name)
    .withDirectory("/", all.filter({ include: [`${name}/**`] }))
    .directory(name)

function section(name: string, text: string): string {
  if (text === "") return ""
  // Longer than any fence in the text, so that nothing in it can end it.
  const fence = "`".repeat(Math.max(3, ...[...text.matchAll(/`+/g)].map(([run]) => run.length + 1)))
  const files = text.match(/^diff --git /gm)?.length ?? 0
  return `<details><summary><b>${name}</b>: ${files} ${files === 1 ? "file" : "files"}</summary>\n\n${fence}diff\n${text}${fence}\n\n</details>\n`
}

const summary = (error: unknown) => (error instanceof ModelError ? error.message : String(error)).split("\n")[0]
