// Reading a request's body within a limit.
import type { IncomingMessage } from "node:http"

export class TooLargeError extends Error {}

/** The body as text; fails as soon as it is longer than the limit, however long it claims to be. */
export async function readBody(request: IncomingMessage, limit: number): Promise<string> {
  if (Number(request.headers["content-length"] ?? 0) > limit) throw new TooLargeError()
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request) {
    length += chunk.length
    if (length > limit) throw new TooLargeError()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}
