// Files of this module, as text.
import { readFileSync } from "node:fs"

/**
 * The text of one of this module's own files. It is read from the disk, where the runtime mounts the module: asking the engine
 * for it would be one more request in each call.
 *
 * @param path its path in `ci`, such as published.json
 * @throws when there is no such file
 */
export function ownFile(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8")
}
