// Metrics of the process, of every request and of what it asked of others, for Prometheus.
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client"

export type Metrics = ReturnType<typeof createMetrics>

const BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 10]

/** A registry of its own for each server, so that several can live in one process. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const labelNames = ["method", "route", "status"] as const
  return {
    registry,
    requests: new Counter({
      name: "http_requests_total",
      help: "Requests answered",
      labelNames,
      registers: [registry],
    }),
    seconds: new Histogram({
      name: "http_request_duration_seconds",
      help: "Time from request to answer",
      labelNames,
      buckets: BUCKETS,
      registers: [registry],
    }),
    upstreamSeconds: new Histogram({
      name: "upstream_request_duration_seconds",
      help: "Time until another service answered, or failed to",
      labelNames: ["upstream", "outcome"] as const,
      buckets: BUCKETS,
      registers: [registry],
    }),
  }
}
