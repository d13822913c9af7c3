// Asking another service for JSON, within limits of time and size.
import { reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"

/** How long another service may take, its whole answer included. */
export const TIMEOUT_MS = 2000

// Twice what the API puts on a page.
const SIZE_LIMIT = 8 * 1024 * 1024

const UNEXPECTED = "answered in a form that this page cannot read"

/**
 * Another service did not give a usable answer. `upstream` is its name and `said` what happened, for readers; the message,
 * which may hold addresses, is for the log.
 */
export class UpstreamError extends Error {
  readonly upstream: string
  readonly said: string
  constructor(upstream: string, message: string, said: string) {
    super(`${upstream}: ${message}`)
    this.upstream = upstream
    this.said = said
  }
}

/** How to ask one service. */
export class Upstream {
  readonly name: string
  readonly #base: string
  readonly #metrics: Metrics

  constructor(name: string, base: string, metrics: Metrics) {
    this.name = name
    this.#base = base
    this.#metrics = metrics
  }

  /** The JSON at a path, undefined where there is nothing (404); anything else is an UpstreamError. */
  async get(path: string): Promise<unknown> {
    const end = this.#metrics.upstreamSeconds.startTimer({ upstream: this.name })
    // What is said of the failure is decided where it happens: later, only an address or a stack would be known.
    let said = "cannot be reached"
    const signal = AbortSignal.timeout(TIMEOUT_MS)
    try {
      const response = await fetch(this.#base + path, { signal, redirect: "manual" })
      said = "broke off its answer"
      const text = await readText(response)
      said = UNEXPECTED
      if (text === undefined) throw new Error(`answered more than ${SIZE_LIMIT} bytes`)
      said = `answered with status ${response.status}`
      if (!response.ok && response.status !== 404) throw new Error(`${path} answered ${response.status}`)
      said = UNEXPECTED
      const value: unknown = response.ok ? JSON.parse(text) : undefined
      end({ outcome: "answered" })
      return value
    } catch (error) {
      end({ outcome: "failed" })
      if (signal.aborted) said = `did not answer within ${TIMEOUT_MS / 1000} seconds`
      const message = error instanceof SyntaxError ? `${path} answered no JSON` : reason(error)
      throw new UpstreamError(this.name, message, said)
    }
  }

  /** An error for an answer that has another form than agreed. */
  unexpected(path: string): UpstreamError {
    return new UpstreamError(this.name, `${path} answered something else than expected`, UNEXPECTED)
  }
}

/** The body; undefined when it is longer than the limit. */
async function readText(response: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > SIZE_LIMIT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** An object's fields, empty for what is none. */
export function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}
}
