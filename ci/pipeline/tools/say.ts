// What the module says to people: lines while it works, and the text of an error. No secret is in either.
import { secrets } from "../model/index.js"

/**
 * Says one thing that happened, as a line of its own. `./daggerw` shows these lines, and keeps all else that the engine
 * prints in a file: it knows them by their mark.
 *
 * @param text what happened; of several lines the first one is said
 */
export function say(text: string): void {
  console.log(`==> ${secrets.hide(text.trim()).split("\n", 1)[0]}`)
}

/**
 * The text of an error: first what a command that failed said, then which command it was and how it ended.
 *
 * @param error whatever was thrown
 */
export function reasonOf(error: unknown): string {
  const {
    message = String(error),
    stderr = "",
    stdout = "",
  } = (error ?? {}) as Partial<Error & Record<"stderr" | "stdout", string>>
  // Marks by which the engine finds the part of its trace that failed.
  const plain = message.replace(/\s*\[traceparent:[0-9a-f-]+\]/g, "")
  const said = (stderr.trim() || stdout.trim()).replace(/\s*\[traceparent:[0-9a-f-]+\]/g, "")
  return secrets.hide(said && !plain.includes(said) ? `${said}\n(${plain})` : plain)
}
