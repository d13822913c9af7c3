// The HTTP interface: health, metrics and the newest registrations. Nothing can be changed through it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import type { Store } from "./store.ts"

const LIMIT = { default: 100, most: 500 }

export type Registrations = Pick<Store, "check" | "list">
export type Membership = { readonly joined: boolean }

type Answer = { status: number; body?: unknown; text?: string; headers?: Record<string, string> }

/** A server that is not listening yet. */
export function createHttp(store: Registrations, consumer: Membership, metrics: Metrics, log: Log): Server {
  return createServer(async (request, response) => {
    const [path = "/", query] = (request.url ?? "/").split("?", 2)
    try {
      send(response, await route(request, path, new URLSearchParams(query)))
    } catch (error) {
      log("error", "request failed", { method: request.method, path, reason: reason(error) })
      send(response, { status: 503, body: { error: "the database does not answer" } })
    }
  })

  async function route(request: IncomingMessage, path: string, query: URLSearchParams): Promise<Answer> {
    const answers: Record<string, () => Answer | Promise<Answer>> = {
      "/live": () => ({ status: 200, body: { status: "ok" } }),
      "/health": () => health(store, consumer),
      "/metrics": () => scrape(metrics),
      "/registrations": () => registrations(store, query),
    }
    const answer = Object.hasOwn(answers, path) ? answers[path] : undefined
    if (!answer)
      return { status: 404, body: { error: `there is nothing here; ${Object.keys(answers).join(", ")} are` } }
    if (request.method !== "GET" && request.method !== "HEAD")
      return { status: 405, body: { error: "use GET, HEAD" }, headers: { allow: "GET, HEAD" } }
    return await answer()
  }
}

async function health(store: Registrations, consumer: Membership): Promise<Answer> {
  const problems: string[] = []
  await store.check().catch((error) => problems.push(`database: ${reason(error)}`))
  if (!consumer.joined) problems.push("kafka: the consumer has not joined its group")
  return problems.length === 0
    ? { status: 200, body: { status: "ok" } }
    : { status: 503, body: { status: "unavailable", reason: problems.join("; ") } }
}

async function scrape({ registry }: Metrics): Promise<Answer> {
  return { status: 200, text: await registry.metrics(), headers: { "content-type": registry.contentType } }
}

async function registrations(store: Registrations, query: URLSearchParams): Promise<Answer> {
  const limit = query.get("limit") ?? `${LIMIT.default}`
  const [after, subject] = [query.get("after") || undefined, query.get("subject") || undefined]
  const problems: string[] = []
  if (!/^[0-9]{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMIT.most)
    problems.push(`limit must be a number from 1 to ${LIMIT.most}`)
  if (after && !/^[0-9]{1,18}$/.test(after)) problems.push("after must be the next of another page")
  if (subject && !/^[0-9a-f]{1,64}$/i.test(subject)) problems.push("subject must be 1 to 64 hexadecimal digits")
  if (problems.length > 0) return { status: 400, body: { error: problems.join("; ") } }
  return { status: 200, body: await store.list({ limit: Number(limit), after, subject }) }
}

function send(response: ServerResponse, { status, body, text, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
  response.end(text ?? JSON.stringify(body))
}
