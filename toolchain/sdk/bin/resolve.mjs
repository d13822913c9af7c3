// Finds the compiled file of an import that names none: "./names.ts", "./names" or the directory "./model".
import { registerHooks } from "node:module"

registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (!specifier.startsWith(".")) throw error
      for (const end of [".js", "/index.js"]) {
        try {
          return next(specifier.replace(/\.ts$/, "") + end, context)
        } catch {}
      }
      throw error
    }
  },
})
