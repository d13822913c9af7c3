/** Reads a .dockerignore: which files of a build context are not a part of it. */
import { posix } from "node:path"

/**
 * The patterns of a .dockerignore, tidied as Docker does it. They are what the engine takes as `exclude`, `!` included.
 *
 * @param text the file's text
 */
export function ignorePatterns(text: string): string[] {
  const lines = text.replace(/^\uFEFF/, "").split("\n")
  return lines
    .filter((line) => !line.startsWith("#") && line.trim() !== "")
    .map((line) => {
      const [, not, pattern] = /^(!?)\s*(.*)$/s.exec(line.trim()) ?? []
      if (pattern === "") return not
      const tidy = posix.normalize(pattern).replace(/(?<=.)\/+$/, "")
      return not + tidy.replace(/^\/(?=.)/, "")
    })
}

/** The names of the files that can say what is left out of a build, the one that counts first. */
export const ignoreFiles = (dockerfile: string): string[] => [
  `${posix.normalize(dockerfile)}.dockerignore`,
  ".dockerignore",
]

/**
 * What need not be sent to the engine. It reads the Dockerfile and these files itself, so they are sent even where the build
 * does not see them.
 *
 * @param patterns of the file that counts
 * @param dockerfile path below the context
 */
export const unsent = (patterns: readonly string[], dockerfile: string): string[] =>
  patterns.length === 0
    ? []
    : [...patterns, ...[posix.normalize(dockerfile), ...ignoreFiles(dockerfile)].map((file) => `!${file}`)]
