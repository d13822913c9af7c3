// A server that fails as another service can: it is asked like the API or the validation service, and never answers well.
import { createServer, type ServerResponse } from "node:http"
import { listen, type Running } from "../http.ts"

export type Answer = (response: ServerResponse) => void
/** `answer` is what requests get from now on; at first nothing at all, for ever. */
export type Broken = Running & { asked: string[]; answer: Answer }

export async function startBroken(answer: Answer = () => {}): Promise<Broken> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? "")
    broken.answer(response)
  })
  const broken: Broken = { ...(await listen(server)), asked, answer }
  return broken
}

/** An address that refuses connections. */
export async function nowhere(): Promise<string> {
  const { url, stop } = await startBroken()
  await stop()
  return url
}

/** This status or body, at once. */
export const says =
  (body: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status).end(body)
