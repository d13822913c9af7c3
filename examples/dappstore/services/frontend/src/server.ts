// The HTTP interface: pages, the style sheet, health and metrics.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import type { Config } from "./config.ts"
import { type Dapp, Dapps, isId } from "./dapps.ts"
import { type Log, reason } from "./log.ts"
import { createMetrics, type Metrics } from "./metrics.ts"
import { dappPage } from "./pages/dapp.ts"
import { dappsPage, SEARCH_LENGTH } from "./pages/dapps.ts"
import { problemPage } from "./pages/problem.ts"
import { registrationsPage } from "./pages/registrations.ts"
import { type Page, problemsOf, Registrations } from "./registrations.ts"
import { isStylePath, style, stylePath } from "./style.ts"
import { Upstream, UpstreamError } from "./upstream.ts"

type Answer = { route: string; status: number; body: string | Buffer; headers: Record<string, string> }

/** What requests are answered with. */
type Sources = { dapps: Dapps; registrations?: Registrations; metrics: Metrics; log: Log }

// Nothing but the style sheet is loaded, no script runs, and no other site puts a page into a frame.
const SECURITY = {
  "content-security-policy":
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
}

/** A server that is not listening yet. */
export function createFrontend({ apiUrl, validationUrl }: Omit<Config, "port">, log: Log): Server {
  const metrics = createMetrics()
  const sources: Sources = {
    dapps: new Dapps(new Upstream("API", apiUrl, metrics)),
    registrations: validationUrl
      ? new Registrations(new Upstream("validation service", validationUrl, metrics))
      : undefined,
    metrics,
    log,
  }
  const server = createServer(async (request, response) => {
    const started = performance.now()
    const [path = "/", query = ""] = (request.url ?? "/").split(/\?(.*)/s)
    const answer = await answerTo(sources, request, path, new URLSearchParams(query))
    send(response, answer)
    const labels = { method: request.method ?? "", route: answer.route, status: answer.status }
    metrics.requests.inc(labels)
    metrics.seconds.observe(labels, (performance.now() - started) / 1000)
    // Probes and scrapes would drown everything else.
    if (!["/live", "/health", "/metrics", "/assets", "/favicon.ico"].includes(answer.route) || answer.status >= 500)
      log("info", "request", { ...labels, path, ms: Math.round(performance.now() - started) })
  })
  // Longer than a load balancer keeps connections (60 s): the side that closes first must not be this one.
  server.keepAliveTimeout = 65_000
  return server
}

async function answerTo(
  sources: Sources,
  { method }: IncomingMessage,
  path: string,
  query: URLSearchParams,
): Promise<Answer> {
  const route = routeOf(path)
  if (method !== "GET" && method !== "HEAD") {
    const answer = page(route, 405, problemPage("This cannot be done here", "Pages can only be read (GET, HEAD)."))
    return { ...answer, headers: { ...answer.headers, allow: "GET, HEAD" } }
  }
  try {
    switch (route) {
      case "/":
        return await list(sources, query)
      case "/dapps/:id":
        return await dapp(sources, path.slice("/dapps/".length))
      case "/registrations":
        return await registrations(sources, query)
      case "/assets":
        return css(path)
      // Browsers ask for it by themselves.
      case "/favicon.ico":
        return { route, status: 204, body: "", headers: { "cache-control": "public, max-age=86400" } }
      case "/live":
        return json(route, 200, { status: "ok" })
      case "/health":
        return await health(sources)
      case "/metrics":
        return await scrape(sources)
    }
    return page(route, 404, problemPage("There is nothing here", "The address may be misspelt, or out of date."))
  } catch (error) {
    sources.log("error", "request failed", { method, path, reason: reason(error) })
    return error instanceof UpstreamError
      ? page(route, 502, problemPage("Not available at the moment", `${unavailable(error)} Try again in a minute.`))
      : page(route, 500, problemPage("Something went wrong", "It is the store's own mistake, and has been logged."))
  }
}

/** What answers a path, for metrics too: there, every id is the same. */
function routeOf(path: string): string {
  if (["/", "/registrations", "/favicon.ico", "/live", "/health", "/metrics"].includes(path)) return path
  if (path.startsWith("/dapps/")) return "/dapps/:id"
  return isStylePath(path) ? "/assets" : "unknown"
}

async function list({ dapps }: Sources, query: URLSearchParams): Promise<Answer> {
  const q = (query.get("q") ?? "").trim()
  const after = query.get("after") || undefined
  const problem = (text: string) => page("/", 400, problemPage("This cannot be searched for", text))
  if (q.length > SEARCH_LENGTH) return problem(`A name has at most ${SEARCH_LENGTH} characters.`)
  if (after && !isId(after))
    return problem("The address of this page is not one of the store's: no dApp has such an id.")
  const found = q ? await dapps.search(q, after) : await dapps.list(after)
  return page("/", 200, dappsPage({ q, after }, found))
}

async function dapp(sources: Sources, id: string): Promise<Answer> {
  const route = "/dapps/:id"
  const found = isId(id) ? await sources.dapps.get(id) : undefined
  if (!found)
    return page(route, 404, problemPage("There is no such dApp", "It may have another id, or not be here yet."))
  return page(route, 200, dappPage(found, await registrationsOf(sources, found)))
}

async function registrations({ registrations }: Sources, query: URLSearchParams): Promise<Answer> {
  const asked = { subject: query.get("subject") || undefined, after: query.get("after") || undefined }
  const problems = problemsOf(asked)
  if (problems.length > 0)
    return page("/registrations", 400, problemPage("There can be no such registrations", problems.join(" ")))
  return page("/registrations", 200, registrationsPage(asked, await registrations?.list(asked)))
}

/** A dApp is worth showing without its registrations: where they cannot be had, a text says so. */
async function registrationsOf({ registrations, log }: Sources, dapp: Dapp): Promise<Page | string | undefined> {
  try {
    return await registrations?.of(dapp)
  } catch (error) {
    if (!(error instanceof UpstreamError)) throw error
    log("warn", "no registrations", { id: dapp.id, reason: reason(error) })
    return unavailable(error)
  }
}

function unavailable({ upstream, said }: UpstreamError): string {
  return `The store's ${upstream} ${said}.`
}

async function health({ dapps }: Sources): Promise<Answer> {
  try {
    await dapps.check()
    return json("/health", 200, { status: "ok" })
  } catch (error) {
    return json("/health", 503, { status: "unavailable", reason: reason(error) })
  }
}

async function scrape({ metrics: { registry } }: Sources): Promise<Answer> {
  return {
    route: "/metrics",
    status: 200,
    body: await registry.metrics(),
    headers: { "content-type": registry.contentType, "cache-control": "no-store" },
  }
}

/** Another version's name gets this version's style, but not for ever: both run while one replaces the other. */
function css(path: string): Answer {
  const cache = path === stylePath ? "public, max-age=31536000, immutable" : "no-store"
  return {
    route: "/assets",
    status: 200,
    body: style,
    headers: { "content-type": "text/css; charset=utf-8", "cache-control": cache },
  }
}

function page(route: string, status: number, body: string): Answer {
  return { route, status, body, headers: { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" } }
}

function json(route: string, status: number, body: object): Answer {
  const headers = { "content-type": "application/json", "cache-control": "no-store" }
  return { route, status, body: JSON.stringify(body), headers }
}

function send(response: ServerResponse, { status, body, headers }: Answer): void {
  // An answer without content must not say how long it is.
  const length = status === 204 ? undefined : { "content-length": Buffer.byteLength(body) }
  response.writeHead(status, { ...SECURITY, ...length, ...headers })
  response.end(body)
}
