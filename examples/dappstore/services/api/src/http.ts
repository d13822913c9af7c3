// What both servers share: what an answer is, and how it is sent, counted and logged.
import { createServer, type IncomingMessage, type Server } from "node:http"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"

/** `route` stands for the path in metrics, where every id is the same. `text` is sent as it is, `body` as JSON. */
export type Answer = {
  route: string
  status: number
  body?: unknown
  text?: string
  headers?: Record<string, string>
}

export type Request = { message: IncomingMessage; method: string; path: string; query: URLSearchParams }

/** A server that is not listening yet. What `answer` throws is the database's failure: 503, the reason only in the log. */
export function serve(answer: (request: Request) => Promise<Answer>, metrics: Metrics, log: Log): Server {
  const server = createServer(async (message, response) => {
    const started = performance.now()
    const [path = "/", query] = (message.url ?? "/").split("?", 2)
    const method = message.method ?? ""
    const request = { message, method, path, query: new URLSearchParams(query) }
    const { route, status, body, text, headers } = await answer(request).catch((error) => {
      log("error", "request failed", { method, path, reason: reason(error) })
      return { route: routeOf(path), status: 503, body: { error: "the database does not answer" } } as Answer
    })
    response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
    response.end(text ?? (body === undefined ? undefined : JSON.stringify(body)))
    const labels = { method, route, status }
    metrics.requests.inc(labels)
    metrics.seconds.observe(labels, (performance.now() - started) / 1000)
    // Probes and scrapes would drown everything else.
    if (route.startsWith("/dapps") || status >= 500)
      log("info", "request", { ...labels, path, ms: Math.round(performance.now() - started) })
  })
  // Longer than a load balancer keeps connections (60 s): the side that closes first must not be this one.
  server.keepAliveTimeout = 65_000
  return server
}

/** The route that a path belongs to. */
export function routeOf(path: string): string {
  return path.startsWith("/dapps/") ? "/dapps/:id" : path
}

export function notAllowed(route: string, allow: string, hint = ""): Answer {
  return { route, status: 405, body: { error: `use ${allow}${hint}` }, headers: { allow } }
}

export function notFound(hint: string): Answer {
  return { route: "unknown", status: 404, body: { error: `there is nothing here; ${hint}` } }
}
