// Metrics of the process, the consumer and the registrations, for Prometheus.
import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client"

export type Metrics = ReturnType<typeof createMetrics>

/** A registry of its own for each service, so that several can live in one process. */
export function createMetrics() {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  return {
    registry,
    registrations: new Counter({
      name: "registrations_total",
      help: "Messages by what became of them: valid, invalid, unreachable, known (seen before), other (no registration) or undone",
      labelNames: ["status"] as const,
      registers,
    }),
    retries: new Counter({
      name: "registration_retries_total",
      help: "Further attempts at unreachable documents, by result",
      labelNames: ["status"] as const,
      registers,
    }),
    lag: new Gauge({
      name: "kafka_consumer_lag",
      help: "Messages of the topic behind the committed offset, for the partitions of this pod",
      labelNames: ["partition"] as const,
      registers,
    }),
    joined: new Gauge({ name: "kafka_consumer_joined", help: "1 while in the consumer group", registers }),
  }
}
