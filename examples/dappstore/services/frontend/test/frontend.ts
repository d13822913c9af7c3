// The front end on a port of its own, in this process.
import { createFrontend } from "../src/server.ts"
import { listen, type Running } from "./http.ts"

/** What is logged goes to `logged`. */
export async function startFrontend(apiUrl: string, validationUrl?: string): Promise<Running & { logged: string[] }> {
  const logged: string[] = []
  const server = createFrontend({ apiUrl, validationUrl }, (level, message, fields) =>
    logged.push(JSON.stringify({ level, message, ...fields })),
  )
  return { ...(await listen(server)), logged }
}
