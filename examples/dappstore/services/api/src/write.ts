// The server that changes things. It has a port of its own, which is not reachable from outside: it asks nobody who he is.
import type { IncomingMessage, Server } from "node:http"
import { readBody, TooLargeError } from "./body.ts"
import { type Dapp, ID_RULE, isId, problemsOf } from "./dapp.ts"
import { type Answer, notAllowed, notFound, type Request, serve } from "./http.ts"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import { type Store, UnstorableError } from "./store.ts"

const BODY_LIMIT = 64 * 1024

export type Writable = Pick<Store, "delete" | "put">

/** A server that is not listening yet. */
export function createWriter(store: Writable, metrics: Metrics, log: Log): Server {
  return serve((request) => answerTo(store, request), metrics, log)
}

async function answerTo(store: Writable, { method, path, message }: Request): Promise<Answer> {
  if (!path.startsWith("/dapps/")) return notFound("dApps are written at /dapps/ID, and read on the other port")
  const route = "/dapps/:id"
  const id = path.slice("/dapps/".length)
  if (!isId(id)) return { route, status: 400, body: { error: `an id has ${ID_RULE}` } }
  if (method === "PUT") return { route, ...(await put(store, message, id)) }
  if (method !== "DELETE") return notAllowed(route, "PUT, DELETE", "; reading is on the other port")
  return (await store.delete(id)) ? { route, status: 204 } : { route, status: 404, body: { error: `no dApp ${id}` } }
}

async function put(store: Writable, message: IncomingMessage, id: string): Promise<Omit<Answer, "route">> {
  try {
    const document: unknown = JSON.parse(await readBody(message, BODY_LIMIT))
    const problems = problemsOf(document)
    if (problems.length > 0) return { status: 400, body: { error: problems.join("; ") } }
    const created = await store.put(id, document as Dapp)
    return { status: created ? 201 : 200, body: document }
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, body: { error: "the body is not JSON" } }
    if (error instanceof UnstorableError) return { status: 400, body: { error: error.message } }
    // The rest of the body is not read: the connection cannot be used again.
    if (error instanceof TooLargeError)
      return { status: 413, body: { error: `more than ${BODY_LIMIT} bytes` }, headers: { connection: "close" } }
    if (!message.complete) return { status: 400, body: { error: "the request was cut off" } }
    throw error
  }
}
