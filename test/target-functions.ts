// The functions that work on a target, as the wrapper lists them: it gives them a sandbox.
import { readFileSync } from "node:fs"
import { join } from "node:path"

const list = /^target_functions="(.*)"$/m

/** Their names, as they are written on a command line. */
export const targetFunctions: string[] = (
  list.exec(readFileSync(join(import.meta.dirname, "../host/arguments.sh"), "utf8"))?.[1] ?? ""
).split(" ")
