// Starts the service, and stops it gracefully on SIGTERM or SIGINT.
import { readConfig } from "./config.ts"
import { TopicConsumer } from "./consumer.ts"
import { Downloader } from "./download.ts"
import { log, reason } from "./log.ts"
import { createMetrics } from "./metrics.ts"
import { Processor } from "./processor.ts"
import { retry } from "./retry.ts"
import { createHttp } from "./server.ts"
import { Store } from "./store.ts"

const STOP_DEADLINE_MS = 20_000

async function main(): Promise<void> {
  const config = readConfig(process.env)
  const metrics = createMetrics()
  const store = new Store(config.database, log)
  const downloader = new Downloader(config.metadata)
  const processor = new Processor(store, downloader, metrics, log)
  const consumer = new TopicConsumer(config.kafka, metrics, log)
  const server = createHttp(store, consumer, metrics, log)
  const stopping = new AbortController()
  const { signal } = stopping

  const stop = (name: string) => {
    if (signal.aborted) return
    log("info", "stopping", { signal: name })
    stopping.abort()
    // What does not end by then is done again by the next pod: its offset is not committed.
    setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref()
  }
  process.on("SIGTERM", stop)
  process.on("SIGINT", stop)

  // Listening comes first: until the database and the broker are there, /live says 200 and /health says why not.
  server.listen(config.port, () => log("info", "listening", { address: server.address() }))
  await store.prepare(signal)
  await Promise.all([
    consumer.run((message, signal) => processor.process(message, signal), signal),
    retry(store, downloader, metrics, log, signal),
  ])
  server.close()
  server.closeAllConnections()
  await store.close()
  log("info", "stopped")
}

main().catch((error) => {
  log("error", reason(error))
  process.exit(1)
})
