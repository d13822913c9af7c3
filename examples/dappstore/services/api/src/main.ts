// Starts the service, and stops it gracefully on SIGTERM or SIGINT.
import { readConfig } from "./config.ts"
import { log, reason } from "./log.ts"
import { createMetrics } from "./metrics.ts"
import { createReader } from "./read.ts"
import { Store } from "./store.ts"
import { createWriter } from "./write.ts"

const STOP_DEADLINE_MS = 20_000

function main(): void {
  const config = readConfig(process.env)
  const store = new Store(config.database, log)
  const metrics = createMetrics()
  const servers = [
    { port: config.port, server: createReader(store, metrics, log), serves: "reading" },
    { port: config.writePort, server: createWriter(store, metrics, log), serves: "writing" },
  ]
  const stopping = new AbortController()

  const stop = (signal: string) => {
    if (stopping.signal.aborted) return
    log("info", "stopping", { signal })
    stopping.abort()
    setTimeout(() => {
      for (const { server } of servers) server.closeAllConnections()
    }, STOP_DEADLINE_MS).unref()
    const closed = servers.map(({ server }) => new Promise((resolve) => server.close(resolve)))
    void Promise.all(closed).then(async () => {
      await store.close()
      log("info", "stopped")
    })
  }
  process.on("SIGTERM", stop)
  process.on("SIGINT", stop)

  // Listening comes first: until the database is there, /live says 200 and /health says why not.
  for (const { port, server, serves } of servers)
    server.listen(port, () => log("info", "listening", { serves, address: server.address() }))
  void store.prepare(stopping.signal)
}

try {
  main()
} catch (error) {
  log("error", reason(error))
  process.exitCode = 1
}
