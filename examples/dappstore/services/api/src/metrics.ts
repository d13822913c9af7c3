// Metrics of the process and of every request, for Prometheus.
import { Counter, collectDefaultMetrics, Histogram, Registry } from "prom-client"

export type Metrics = ReturnType<typeof createMetrics>

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
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers: [registry],
    }),
  }
}
