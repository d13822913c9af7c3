// Asking another service for JSON, within limits of time and size.
import { reason } from "./log.ts"
import type { Metrics } from "./metrics.ts"

/** How long another service may take, its whole answer included. */
export const TIMEOUT_MS = 2000

// A page of the largest documents that the API takes: 100 of 64 KiB.
const SIZE_LIMIT = 8 * 1024 * 1024

/** Another service did not give a usable answer; `upstream` is its name for readers, the message is for the log. */
export class UpstreamError extends Error {
  readonly upstream: string
  constructor(upstream: string, message: string) {
    super(`${upstream}: ${message}`)
    this.upstream = upstream
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
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS)
      const response = await fetch(this.#base + path, { signal, redirect: "error" })
      const text = await readText(response)
      if (!response.ok && response.status !== 404) throw new Error(`${path} answered ${response.status}`)
      const value: unknown = response.ok ? JSON.parse(text) : undefined
      end({ outcome: "answered" })
      return value
    } catch (error) {
      end({ outcome: "failed" })
      throw new UpstreamError(this.name, error instanceof SyntaxError ? `${path} answered no JSON` : reason(error))
    }
  }

  /** An error for an answer that has another form than agreed. */
  unexpected(path: string): UpstreamError {
    return new UpstreamError(this.name, `${path} answered something else than expected`)
  }
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of response.body ?? []) {
    length += chunk.length
    if (length > SIZE_LIMIT) throw new Error(`answered more than ${SIZE_LIMIT} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString("utf8")
}

/** An object's fields, empty for what is none. */
export function fields(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {}
}
