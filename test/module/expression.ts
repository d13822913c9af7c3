// Evaluates the expressions of workflows, as far as ours use them; whatever else is an error.

/** The contexts of an expression, such as `github` and `inputs`. */
export type Contexts = Record<string, unknown>

const token = /\s*(\|\||&&|==|!=|[!()]|'(?:[^']|'')*'|[A-Za-z_][\w.-]*)/y

/**
 * The value of one expression.
 *
 * @param text what stands between `${{` and `}}`
 * @param contexts what it may refer to; a name that is not there is an error
 */
export function evaluate(text: string, contexts: Contexts): unknown {
  const tokens: string[] = []
  token.lastIndex = 0
  while (text.slice(token.lastIndex).trim() !== "") {
    const start = token.lastIndex
    const match = token.exec(text)
    if (!match) throw new Error(`cannot read ${text.slice(start)} in the expression ${text}`)
    tokens.push(match[1])
  }

  const next = (...wanted: string[]) => (wanted.includes(tokens[0]) ? tokens.shift() : undefined)
  const expect = (wanted: string) => {
    if (!next(wanted)) throw new Error(`${wanted} is missing in the expression ${text}`)
  }
  // Each part is read first and asked for its value only when that is needed, as GitHub does.
  type Value = () => unknown
  const either = (): Value => {
    const parts = [both()]
    while (next("||")) parts.push(both())
    return () => parts.reduce<unknown>((value, part, index) => (index > 0 && value) || part(), undefined)
  }
  const both = (): Value => {
    const parts = [compared()]
    while (next("&&")) parts.push(compared())
    return () => parts.reduce<unknown>((value, part) => value && part(), true)
  }
  const compared = (): Value => {
    const left = single()
    const operator = next("==", "!=")
    if (!operator) return left
    const right = single()
    return () => (left() === right()) === (operator === "==")
  }
  const single = (): Value => {
    if (next("!")) {
      const inner = single()
      return () => !inner()
    }
    if (next("(")) {
      const inner = either()
      expect(")")
      return inner
    }
    const word = tokens.shift()
    if (word === undefined || !/^['A-Za-z_]/.test(word)) throw new Error(`cannot read the expression ${text}`)
    if (word.startsWith("'")) return () => word.slice(1, -1).replaceAll("''", "'")
    return next("(") ? called(word) : () => lookUp(word, contexts)
  }
  const called = (name: string): Value => {
    const given = tokens[0] === ")" ? undefined : either()
    expect(")")
    if (name === "always" && !given) return () => true
    if (name === "fromJSON" && given) return () => JSON.parse(String(given()))
    throw new Error(`cannot call ${name} in the expression ${text}`)
  }

  const value = either()
  if (tokens.length > 0) throw new Error(`cannot read ${tokens.join(" ")} in the expression ${text}`)
  return value()
}

/** A value of a workflow with its expressions evaluated; one that is nothing but an expression keeps its type. */
export function fill(value: unknown, contexts: Contexts): unknown {
  if (typeof value !== "string") return value
  const [, only] = /^\$\{\{((?:(?!\}\}).)*)\}\}$/s.exec(value.trim()) ?? []
  if (only !== undefined) return evaluate(only, contexts)
  return value.replaceAll(/\$\{\{(.*?)\}\}/gs, (_all, inner) => String(evaluate(inner, contexts)))
}

function lookUp(path: string, contexts: Contexts): unknown {
  return path.split(".").reduce<unknown>((value, key) => {
    if (typeof value !== "object" || value === null || !(key in value)) throw new Error(`there is no ${path}`)
    return (value as Contexts)[key]
  }, contexts)
}
