// A way to a real server that can be cut, as a network can: connections break, and new ones are refused.
import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"

export class Gate {
  port = 0
  readonly #target: { host: string; port: number }
  readonly #sockets = new Set<Socket>()
  #server: Server | undefined

  constructor(host: string, port: number) {
    this.#target = { host, port }
  }

  async open(): Promise<void> {
    this.#server = createServer((inner) => {
      const outer = connect(this.#target)
      for (const [from, to] of [
        [inner, outer],
        [outer, inner],
      ] as const) {
        this.#sockets.add(from)
        from.on("error", () => {}).on("close", () => to.destroy())
        from.pipe(to)
      }
    }).listen(this.port, "127.0.0.1")
    await once(this.#server, "listening")
    this.port = (this.#server.address() as { port: number }).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#sockets.clear()
    await new Promise((resolve) => this.#server?.close(resolve))
  }
}
