// Starts the service, and stops it gracefully on SIGTERM or SIGINT.
import { readConfig } from "./config.ts"
import { log, reason } from "./log.ts"
import { createFrontend } from "./server.ts"

const STOP_DEADLINE_MS = 20_000

function main(): void {
  const config = readConfig(process.env)
  const server = createFrontend(config, log)
  let stopping = false

  const stop = (signal: string) => {
    if (stopping) return
    stopping = true
    log("info", "stopping", { signal })
    setTimeout(() => server.closeAllConnections(), STOP_DEADLINE_MS).unref()
    server.close(() => log("info", "stopped"))
  }
  process.on("SIGTERM", stop)
  process.on("SIGINT", stop)

  server.listen(config.port, () => log("info", "listening", { address: server.address() }))
}

try {
  main()
} catch (error) {
  log("error", reason(error))
  process.exitCode = 1
}
