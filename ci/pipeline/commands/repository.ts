// The caller's repository as commands read it: the workspace of the call, or another state of it as a directory.
import type { Directory } from "@dagger.io/dagger"

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
