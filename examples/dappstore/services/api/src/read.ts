// The public server: everybody may read, nobody can change anything.
import type { Server } from "node:http"
import { ID_RULE, isId } from "./dapp.ts"
import { home } from "./home.ts"
import { type Answer, notAllowed, notFound, type Request, serve } from "./http.ts"
import { type Log, reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import type { Store } from "./store.ts"

const LIMIT = { default: 100, most: 500 }
const METHODS = "GET, HEAD, OPTIONS"

export type Readable = Pick<Store, "check" | "get" | "list">

/** A server that is not listening yet. */
export function createReader(store: Readable, metrics: Metrics, log: Log): Server {
  return serve((request) => answerTo(store, metrics, request), metrics, log)
}

async function answerTo(store: Readable, metrics: Metrics, { method, path, query, message }: Request): Promise<Answer> {
  if (method === "OPTIONS") return { route: "options", status: 204, headers: { allow: METHODS } }
  if (method !== "GET" && method !== "HEAD")
    return notAllowed("refused", METHODS, "; what changes anything is on a port of its own, inside the cluster")
  switch (path) {
    case "/":
      return home(message.headers.accept)
    // Browsers ask for it by themselves.
    case "/favicon.ico":
      return { route: path, status: 204, headers: { "cache-control": "public, max-age=86400" } }
    case "/live":
      return { route: path, status: 200, body: { status: "ok" } }
    case "/health":
      return await health(store)
    case "/metrics":
      return await scrape(metrics)
    case "/dapps":
      return await list(store, query)
  }
  if (path.startsWith("/dapps/")) return await dapp(store, path.slice("/dapps/".length))
  return notFound("/ says what there is")
}

async function health(store: Readable): Promise<Answer> {
  try {
    await store.check()
    return { route: "/health", status: 200, body: { status: "ok" } }
  } catch (error) {
    return { route: "/health", status: 503, body: { status: "unavailable", reason: `database: ${reason(error)}` } }
  }
}

async function scrape({ registry }: Metrics): Promise<Answer> {
  const headers = { "content-type": registry.contentType }
  return { route: "/metrics", status: 200, text: await registry.metrics(), headers }
}

async function list(store: Readable, query: URLSearchParams): Promise<Answer> {
  const route = "/dapps"
  const [limit, after] = [query.get("limit") ?? `${LIMIT.default}`, query.get("after") ?? ""]
  const problems: string[] = []
  if (!/^[0-9]{1,3}$/.test(limit) || Number(limit) < 1 || Number(limit) > LIMIT.most)
    problems.push(`limit must be a number from 1 to ${LIMIT.most}`)
  if (after !== "" && !isId(after)) problems.push(`after must be an id: ${ID_RULE}`)
  if (problems.length > 0) return { route, status: 400, body: { error: problems.join("; ") } }
  return { route, status: 200, body: await store.list(Number(limit), after) }
}

async function dapp(store: Readable, id: string): Promise<Answer> {
  const route = "/dapps/:id"
  if (!isId(id)) return { route, status: 400, body: { error: `an id has ${ID_RULE}` } }
  const document = await store.get(id)
  return document ? { route, status: 200, body: document } : { route, status: 404, body: { error: `no dApp ${id}` } }
}
