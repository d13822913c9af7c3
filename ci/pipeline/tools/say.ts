// What the module says to people: lines while it works, and the text of an error. No secret is in either.
import { secrets } from "../model/index.js"

/**
 * Says one thing that happened.
 *
 * @param text what happened; may have several lines
 */
export function say(text: string): void {
  console.log(secrets.hide(text))
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
