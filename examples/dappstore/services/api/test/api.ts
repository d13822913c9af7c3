// Both servers over one store, each on a port of its own.
import { createMetrics } from "../src/metrics.ts"
import { createReader } from "../src/read.ts"
import type { Store } from "../src/store.ts"
import { createWriter } from "../src/write.ts"
import { listen } from "./http.ts"

export type Api = { url: string; writeUrl: string; logged: string[]; stop: () => Promise<unknown> }

/** What is logged goes to `logged`. */
export async function startApi(store: Pick<Store, "check" | "delete" | "get" | "list" | "put">): Promise<Api> {
  const logged: string[] = []
  const log = (_: string, message: string, fields?: object) => void logged.push(JSON.stringify({ message, ...fields }))
  const metrics = createMetrics()
  const [reader, writer] = [
    await listen(createReader(store, metrics, log)),
    await listen(createWriter(store, metrics, log)),
  ]
  return { url: reader.url, writeUrl: writer.url, logged, stop: () => Promise.all([reader.stop(), writer.stop()]) }
}
