// The calls of the module in a shell script. No shell, but enough for such scripts.
import type { Options } from "../../module-interface.js"

/** A call of `./daggerw call`: options of the module, the function, its options. */
export interface Call {
  given: string[]
  name: string
  options: string[]
}

/**
 * The calls in a script.
 *
 * @param script its text
 * @param known the options that there are: some take no value
 */
export function calls(script: string, known: Options): Call[] {
  const plain = script
    .replaceAll(/^\s*#.*$/gm, "")
    .replaceAll(/"[^"]*"|'[^']*'/g, "_")
    .replaceAll("\\\n", " ")
  return [...plain.matchAll(/\.\/daggerw\b([^|;&>)\n]*)/g)].map(([, text]) => {
    const words = text.split(/\s+/).filter(Boolean)
    const call: Call = { given: [], name: "", options: [] }
    for (let index = words.indexOf("call") + 1; index > 0 && index < words.length; index++) {
      const word = words[index]
      if (!word.startsWith("--")) {
        // What follows the function's name is a function of what it returns.
        if (call.name) break
        call.name = word
        continue
      }
      const [option] = word.slice(2).split("=")
      ;(call.name ? call.options : call.given).push(option)
      if (!word.includes("=") && known[option]?.type !== "boolean") index++
    }
    return call
  })
}
