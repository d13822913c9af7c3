// The HTTP interface: health, metrics and the documents.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { readBody, TooLargeError } from "./body.ts"
import { type Dapp, isId, problemsOf } from "./dapp.ts"
import { type Log, reason } from "./log.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { type Store, UnstorableError } from "./store.ts"

const BODY_LIMIT = 64 * 1024
const ID_RULE = "1 to 64 of a-z, 0-9 and -, and begins with no -"
const LIST_LIMIT = { default: 100, most: 500 }

export type Documents = Pick<Store, "check" | "get" | "list" | "put">

type Answer = { route: string; status: number; body?: unknown; text?: string; headers?: Record<string, string> }

/** A server that is not listening yet. */
export function createApi(store: Documents, log: Log): Server {
  const metrics = createMetrics()
  const server = createServer(async (request, response) => {
    const started = performance.now()
    const [path = "/", query] = (request.url ?? "/").split("?", 2)
    const answer = await route(store, metrics, request, path, new URLSearchParams(query), log)
    send(response, answer)
    const labels = { method: request.method ?? "", route: answer.route, status: answer.status }
    metrics.requests.inc(labels)
    metrics.seconds.observe(labels, (performance.now() - started) / 1000)
    // Probes and scrapes would drown everything else.
    if (answer.route.startsWith("/dapps") || answer.status >= 500)
      log("info", "request", { ...labels, path, ms: Math.round(performance.now() - started) })
  })
  // Longer than a load balancer keeps connections (60 s): the side that closes first must not be this one.
  server.keepAliveTimeout = 65_000
  return server
}

async function route(
  store: Documents,
  metrics: Metrics,
  request: IncomingMessage,
  path: string,
  query: URLSearchParams,
  log: Log,
): Promise<Answer> {
  const read = request.method === "GET" || request.method === "HEAD"
  try {
    switch (path) {
      case "/live":
        return read ? { route: path, status: 200, body: { status: "ok" } } : notAllowed(path, "GET, HEAD")
      case "/health":
        return read ? await health(store) : notAllowed(path, "GET, HEAD")
      case "/metrics":
        return read ? await scrape(metrics) : notAllowed(path, "GET, HEAD")
      case "/dapps":
        return read ? await list(store, query) : notAllowed(path, "GET, HEAD")
    }
    if (path.startsWith("/dapps/")) return await dapp(store, request, path.slice("/dapps/".length))
    return { route: "unknown", status: 404, body: { error: "there is nothing here; documents are at /dapps/ID" } }
  } catch (error) {
    log("error", "request failed", { method: request.method, path, reason: reason(error) })
    return {
      route: path.startsWith("/dapps/") ? "/dapps/:id" : path,
      status: 503,
      body: { error: "the database does not answer" },
    }
  }
}

async function health(store: Documents): Promise<Answer> {
  try {
    await store.check()
    return { route: "/health", status: 200, body: { status: "ok" } }
  } catch (error) {
    return { route: "/health", status: 503, body: { status: "unavailable", reason: `database: ${reason(error)}` } }
  }
}

async function scrape({ registry }: Metrics): Promise<Answer> {
  return {
    route: "/metrics",
    status: 200,
    text: await registry.metrics(),
    headers: { "content-type": registry.contentType },
  }
}

async function list(store: Documents, query: URLSearchParams): Promise<Answer> {
  const route = "/dapps"
  const [limit, after] = [query.get("limit") ?? `${LIST_LIMIT.default}`, query.get("after") ?? ""]
  const problems: string[] = []
  if (!/^[0-9]{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIST_LIMIT.most)
    problems.push(`limit must be a number from 1 to ${LIST_LIMIT.most}`)
  if (after !== "" && !isId(after)) problems.push(`after must be an id: ${ID_RULE}`)
  if (problems.length > 0) return { route, status: 400, body: { error: problems.join("; ") } }
  return { route, status: 200, body: await store.list(Number(limit), after) }
}

async function dapp(store: Documents, request: IncomingMessage, id: string): Promise<Answer> {
  const route = "/dapps/:id"
  if (!isId(id)) return { route, status: 400, body: { error: `an id has ${ID_RULE}` } }
  switch (request.method) {
    case "GET":
    case "HEAD": {
      const document = await store.get(id)
      return document
        ? { route, status: 200, body: document }
        : { route, status: 404, body: { error: `no dApp ${id}` } }
    }
    case "PUT":
      return { route, ...(await put(store, request, id)) }
    default:
      return notAllowed(route, "GET, HEAD, PUT")
  }
}

async function put(store: Documents, request: IncomingMessage, id: string): Promise<Omit<Answer, "route">> {
  try {
    const document: unknown = JSON.parse(await readBody(request, BODY_LIMIT))
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
    if (request.destroyed) return { status: 400, body: { error: "the request was cut off" } }
    throw error
  }
}

function notAllowed(route: string, allow: string): Answer {
  return { route, status: 405, body: { error: `use ${allow}` }, headers: { allow } }
}

function send(response: ServerResponse, { status, body, text, headers }: Answer): void {
  response.writeHead(status, { "content-type": "application/json", "cache-control": "no-store", ...headers })
  response.end(text ?? JSON.stringify(body))
}
