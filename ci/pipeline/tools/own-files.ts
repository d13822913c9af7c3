// Files of this module, as text.
import { readFileSync } from "node:fs"

/**
 * The text of one of this module's own files. It is read from the disk, where the runtime mounts the module: the engine
 * (0.21.8) cannot keep what was made with `dag.currentModule()`, and then keeps nothing at all when it is stopped.
 *
 * @param path its path in `ci`, such as published.json
 * @throws when there is no such file
 */
export function ownFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
}
