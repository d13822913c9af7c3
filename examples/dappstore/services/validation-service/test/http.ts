// A server on a port of its own, and requests to it.
import type { Server } from "node:http"

export type Running = { url: string; stop: () => Promise<void> }

export async function listen(server: Server): Promise<Running> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    })
  return { url: `http://127.0.0.1:${port}`, stop }
}

export function put(url: string, body: unknown): Promise<Response> {
  return fetch(url, { method: "PUT", body: typeof body === "string" ? body : JSON.stringify(body) })
}
