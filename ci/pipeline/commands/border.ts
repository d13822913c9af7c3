// The border between a call and whoever made it: what is returned or thrown there holds no secret.
import { secrets } from "../model/index.js"
import { reasonOf } from "../tools/say.js"

/**
 * Does a call's work.
 *
 * @param work the work
 * @returns what it returns; a text ends with the end of a line
 * @throws what it throws, its cause first
 */
export async function withinBorder<T>(work: () => Promise<T>): Promise<T> {
  try {
    const result = await work()
    if (typeof result !== "string") return result
    return secrets.hide(result).replace(/\n*$/, "\n") as T
  } catch (error) {
    throw new Error(reasonOf(error))
  }
}
