// Where the module's compiled files are.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"

/** The module's directory: the program's argument. */
export const home = process.argv[2]

/** The files that the SDK loads: all of src. */
export const sources = () => below("src")

/** What these may import under a name of their own: the directories that package.json names as `imports`. */
export function imports() {
  const { imports = {} } = JSON.parse(readFileSync(join(home, "package.json"), "utf8"))
  const directories = Object.values(imports).filter((to) => typeof to === "string" && to.endsWith("/*"))
  return directories.flatMap((directory) => below(directory.slice(0, -"/*".length)))
}

const below = (directory) =>
  readdirSync(join(home, directory), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".js"))
    .map((file) => join(home, directory, file))
