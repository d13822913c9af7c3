// A server on a port of its own.
import type { Server } from "node:http"

export type Running = { url: string; stop: () => Promise<void> }

/** `address` is one of this machine's, where others must reach it. */
export async function listen(server: Server, address = "127.0.0.1"): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const { port } = server.address() as { port: number }
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://${address}:${port}`, stop }
}
