// The style sheet, under a name that changes with it: browsers may keep it for ever.
import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"

export const style = readFileSync(new URL("style.css", import.meta.url))

export const stylePath = `/assets/style-${createHash("sha256").update(style).digest("hex").slice(0, 16)}.css`

/** Whether a path is the style sheet's in this version or another, whose pages are still open. */
export function isStylePath(path: string): boolean {
  return /^\/assets\/style-[0-9a-f]{16}\.css$/.test(path)
}
