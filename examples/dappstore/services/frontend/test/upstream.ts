// Servers of a test: one that answers like the API and the validation service, and the front end that asks it.
import { createServer, type Server, type ServerResponse } from "node:http"
import { createFrontend } from "../src/server.ts"
import { listen, type Running } from "./http.ts"

export type Upstreams = Running & {
  /** The API's documents by id, and what the validation service checked, last first. */
  documents: Map<string, unknown>
  registrations: unknown[]
  /** What was asked, in order. */
  asked: string[]
  /** Answers instead of the server where a path begins so. */
  instead: Map<string, (response: ServerResponse) => void>
  reset: () => void
}

const LIMIT = 100

/** One server for both: their paths differ. */
export async function startUpstreams(): Promise<Upstreams> {
  const documents: Upstreams["documents"] = new Map()
  const registrations: unknown[] = []
  const asked: string[] = []
  const instead: Upstreams["instead"] = new Map()
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? "")
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://upstream")
    const [, other] = [...instead].find(([path]) => pathname.startsWith(path)) ?? []
    if (other) return other(response)
    const limit = Number(searchParams.get("limit") ?? LIMIT)
    if (limit > LIMIT) return answer(response, 400, { error: `limit is above ${LIMIT}` })
    if (pathname === "/health") return answer(response, 200, { status: "ok" })
    if (pathname === "/registrations") return answer(response, 200, { registrations: registrations.slice(0, limit) })
    if (pathname === "/dapps") return answer(response, 200, pageOf(documents, limit, searchParams.get("after") ?? ""))
    const document = documents.get(pathname.slice("/dapps/".length))
    return answer(response, document ? 200 : 404, document ?? { error: "no dApp" })
  })
  const reset = () => {
    for (const kept of [documents, instead]) kept.clear()
    for (const kept of [registrations, asked]) kept.length = 0
  }
  return { ...(await listen(server)), documents, registrations, asked, instead, reset }
}

/** The front end on a port of its own; logs go to `logged`. */
export async function startFrontend(apiUrl: string, validationUrl?: string): Promise<Running & { logged: string[] }> {
  const logged: string[] = []
  const server = createFrontend({ apiUrl, validationUrl }, (level, message, fields) =>
    logged.push(JSON.stringify({ level, message, ...fields })),
  )
  return { ...(await listen(server)), logged }
}

/** A registration with everything in it, but for what is given. */
export function registration(fields: object = {}): object {
  return {
    txHash: "ab".repeat(32),
    slot: 12345,
    subject: "d684512ccb313191",
    action: "REGISTER",
    rootHash: "cd".repeat(32),
    url: "https://dapp.example/cip72.json",
    status: "valid",
    reasons: [],
    checkedAt: "2026-01-02T03:04:05.678Z",
    ...fields,
  }
}

function pageOf(documents: Map<string, unknown>, limit: number, after: string): object {
  const rest = [...documents]
    .map(([id, document]) => ({ id, document }))
    .filter(({ id }) => id > after)
    .sort((one, other) => (one.id < other.id ? -1 : 1))
  return { dapps: rest.slice(0, limit), next: rest.length > limit ? rest[limit - 1]?.id : null }
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}
