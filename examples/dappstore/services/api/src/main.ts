// Starts the service, and stops it gracefully on SIGTERM or SIGINT.
import { readConfig } from "./config.ts"
import { log, reason } from "./log.ts"
import { createApi } from "./server.ts"
import { Store } from "./store.ts"

const STOP_DEADLINE_MS = 20_000

function main(): void {
  const config = readConfig(process.env)
  const store = new Store(config.database, log)
  const server = createApi(store, log)
  const stopping = new AbortController()

  const stop = (signal: string) => {
    if (stopping.signal.aborted) return
    log("info", "stopping", { signal })
    stopping.abort()
    setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS).unref()
    server.close(async () => {
      await store.close()
      log("info", "stopped")
    })
  }
  process.on("SIGTERM", stop)
  process.on("SIGINT", stop)

  // Listening comes first: until the database is there, /live says 200 and /health says why not.
  server.listen(config.port, () => log("info", "listening", { address: server.address() }))
  void store.prepare(stopping.signal)
}

try {
  main()
} catch (error) {
  log("error", reason(error))
  process.exitCode = 1
}
