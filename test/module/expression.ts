// Evaluates the expressions of workflows, as far as ours use them; whatever else is an error.

/** The contexts of an expression, such as `github` and `inputs`. */
export type Contexts = Record<string, unknown>

/** A comparison, what expressions and JavaScript have in common, a text, or a name. */
const token = /\s*(?:(==|!=)|(\|\||&&|[!()])|'((?:[^']|'')*)'|([A-Za-z_][\w.-]*)(\s*\()?)\s*/y

const functions: Record<string, (...values: unknown[]) => unknown> = {
  always: () => true,
  fromJSON: (text) => JSON.parse(String(text)),
}

/**
 * The value of one expression. It is translated into JavaScript, which has the same precedences and values.
 *
 * @param text what stands between `${{` and `}}`
 * @param contexts what it may refer to; a name that is not there is an error
 */
export function evaluate(text: string, contexts: Contexts): unknown {
  let script = ""
  for (token.lastIndex = 0; token.lastIndex < text.length; ) {
    const start = token.lastIndex
    const found = token.exec(text)
    if (!found) throw new Error(`cannot read ${text.slice(start)} in the expression ${text}`)
    const [, comparison, common, quoted, name, isCall] = found
    if (isCall && !functions[name]) throw new Error(`cannot call ${name} in the expression ${text}`)
    if (common) script += common
    else if (comparison) script += `${comparison}=`
    else if (isCall) script += `functions.${name}(`
    else if (name) script += `value(${JSON.stringify(name)})`
    else script += JSON.stringify(quoted.replaceAll("''", "'"))
  }
  let run: (value: (path: string) => unknown, known: typeof functions) => unknown
  try {
    run = new Function("value", "functions", `return (${script})`) as typeof run
  } catch {
    throw new Error(`cannot read the expression ${text}`)
  }
  return run((path) => lookUp(path, contexts), functions)
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
