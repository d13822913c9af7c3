// The environments of this repository, by the files that are there: what the module lists is compared with it.
import { readdirSync } from "node:fs"
import { join } from "node:path"

/** Their names, sorted. What begins with an underscore is a layer, and images.yaml lists images. */
export const environmentFiles: string[] = readdirSync(join(import.meta.dirname, "../environments"))
  .filter((file) => /^(?!images)[a-z].*\.yaml$/.test(file))
  .map((file) => file.replace(/\.yaml$/, ""))
  .sort()
