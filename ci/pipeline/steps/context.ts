// A build context: what the build sees of a directory, and nothing else; its .dockerignore alone decides.
import { type Directory, dag } from "@dagger.io/dagger"
import { ignoreFiles, ignorePatterns, parseContext, unsent } from "../model/index.js"

/** Which files of a directory are meant. */
export interface Selection {
  include?: string[]
  exclude?: string[]
}

/** What a call reads of a repository; the engine's `Workspace` is one. */
export interface Repository {
  directory(path: string, selection?: Selection): Directory
}

/** A directory as a repository. */
export const repositoryIn = (root: Directory): Repository => ({
  directory: (path, selection = {}) => root.directory(path).filter(selection),
})

/**
 * The build context of an image. What its .dockerignore names is neither sent to the engine nor part of its digest. Git is
 * asked for a branch's head anew in each call, and what it keeps in .git is not in the context, as with Docker.
 *
 * @param context a directory of the repository, or a Git URL
 * @param dockerfile path below the context
 * @param repository the caller's repository
 */
export async function buildContext(context: string, dockerfile: string, repository: Repository): Promise<Directory> {
  const found = parseContext(context)
  const place =
    "url" in found ? repositoryIn(dag.git(found.url).ref(found.ref).tree({ discardGitDir: true })) : repository
  const files = ignoreFiles(dockerfile)
  const said = place.directory(found.directory, { include: files })
  const there = await said.glob("**/*.dockerignore")
  const patterns: string[] = []
  for (const file of files) {
    if (patterns.length === 0 && there.includes(file))
      patterns.push(...ignorePatterns(await said.file(file).contents()))
  }
  const exclude = unsent(patterns, dockerfile)
  return exclude.length > 0 ? place.directory(found.directory, { exclude }) : place.directory(found.directory)
}
