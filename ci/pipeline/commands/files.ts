// Brings the text of the environment files from the engine into the module, all at once, and says which cannot be read.
import { lstat, mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join, relative, sep } from "node:path"
import { type Files, ModelError, type Problem } from "../model/index.js"
import type { Repository } from "./repository.js"

const folder = "environments"

/**
 * The text of every YAML file below `environments/`. One export in place of a request for each file: each costs some 50 ms.
 *
 * @param workspace the caller's repository
 * @returns text by path below `environments/`, sorted; empty where there is none
 * @throws ModelError with every file that cannot be read
 */
export async function readEnvironments(workspace: Repository): Promise<Files> {
  const copy = await mkdtemp(join(tmpdir(), "wallet-world-"))
  try {
    await workspace.directory(".", { include: [folder, `${folder}/**`] }).export(copy)
    return await readFolder(join(copy, folder))
  } finally {
    await rm(copy, { recursive: true })
  }
}

/**
 * The text of every YAML file in a folder. Hidden files and directories are nobody's environments: editors and other
 * systems leave them. A link is read as what it leads to, as long as that is in the folder: nothing else was brought here.
 *
 * @param root the folder; it need not exist
 * @returns text by path, sorted
 * @throws ModelError with every file that cannot be read
 */
export async function readFolder(root: string): Promise<Files> {
  const problems: Problem[] = []
  const texts: [string, string][] = []
  for (const path of await pathsIn(root)) {
    const problem = (message: string, hint: string) =>
      problems.push({ at: { file: path, line: 1, column: 1 }, message, hint })
    const link = (await lstat(join(root, path))).isSymbolicLink()
    const target = link ? await targetOf(root, path) : path
    if (target === undefined) {
      if (matters(path))
        problem(`this link leads nowhere, or out of ${folder}/, where nothing is read`, "put the file itself here")
    } else if ((await stat(join(root, target))).isDirectory())
      problem("links to directories are not followed", "put the files themselves here")
    else if (isYaml(path)) {
      const text = decoded(await readFile(join(root, target)))
      if (text === undefined) problem("this file is not UTF-8", "save it with the encoding UTF-8")
      else texts.push([path, text])
    }
  }
  if (problems.length > 0) throw new ModelError(problems)
  return new Map(texts)
}

/** Files with an ending that nothing reads are among them, so that the model can say so. */
const isYaml = (path: string) => /\.ya?ml$/i.test(path)

/** Links of these names matter: others, such as to a licence, are nobody's business here. */
const matters = (path: string) => isYaml(path) || path.startsWith("_")

/** The YAML files below a folder, and all links; sorted. */
async function pathsIn(root: string): Promise<string[]> {
  const found = await lstat(root).catch(() => undefined)
  if (found?.isSymbolicLink()) throw new Error(`${folder} is a link, which is not followed: make it a directory`)
  if (!found?.isDirectory()) return []
  const entries = await readdir(root, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isSymbolicLink() || (entry.isFile() && isYaml(entry.name)))
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)))
    .filter((path) => !path.split(sep).some((part) => part.startsWith(".")))
    .sort()
}

/** What a link leads to, as a path in the folder; undefined where that is not in it, or nothing. */
async function targetOf(root: string, path: string): Promise<string | undefined> {
  const [from, to] = await Promise.all([realpath(root), realpath(join(root, path)).catch(() => undefined)])
  return to?.startsWith(from + sep) ? relative(from, to) : undefined
}

/** A byte order mark is no part of the text. */
function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}
