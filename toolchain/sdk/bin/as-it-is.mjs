// Loads the SDK's library as it is: it is plain JavaScript, which tsx would rewrite at every start, taking 2 seconds.
import { readFileSync } from "node:fs"
import { registerHooks } from "node:module"
import { fileURLToPath } from "node:url"

registerHooks({
  load: (url, context, next) =>
    url.endsWith("/sdk/core.js")
      ? { format: "module", source: readFileSync(fileURLToPath(url)), shortCircuit: true }
      : next(url, context),
})
