// What the scripts of workflows use: variables, and functions of the module. No shell, but enough for such scripts.

/** A call of `./daggerw call`: options of the module, the function, its options. */
export interface Call {
  /** Line of the script that it begins in, from 0. */
  line: number
  given: string[]
  name: string
  options: string[]
}

/** The script with what stands in single quotes blanked, and continued lines joined; lines stay where they are. */
export function plain(script: string): string {
  let quote = ""
  return [...script]
    .map((letter, index) => {
      const escaped = script[index - 1] === "\\" && quote !== "'"
      if ((letter === "'" || letter === '"') && !escaped) {
        if (quote === "") quote = letter
        else if (quote === letter) quote = ""
        return letter
      }
      return quote === "'" && letter !== "\n" ? "_" : letter
    })
    .join("")
}

/** Variables that a script uses, with the line of the script. */
export function usedVariables(script: string): { name: string; line: number }[] {
  return plain(script)
    .split("\n")
    .flatMap((text, line) => [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name]) => ({ name, line })))
}

/** Variables that a script sets itself. */
export function assignedVariables(script: string): string[] {
  return [...plain(script).matchAll(/(?:^|[;&|{(]|\b(?:do|then|else|export|local)\b)\s*([A-Za-z_]\w*)=/gm)].map(
    ([, name]) => name,
  )
}

/** The calls of `./daggerw call` in a script; `isSwitch` says which options take no value. */
export function calls(script: string, isSwitch: (option: string) => boolean): Call[] {
  const text = plain(script).replaceAll("\\\n", "\r")
  return [...text.matchAll(/\.\/daggerw\b([^|;&>)\n]*)/g)].map((match) => {
    const line = text.slice(0, match.index).split(/[\n\r]/).length - 1
    const words = match[1].split(/\s+/).filter(Boolean)
    const call: Call = { line, given: [], name: "", options: [] }
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
      if (!word.includes("=") && !isSwitch(option)) index++
    }
    return call
  })
}
