// The functions of the module, and their options, as they are written on a command line.
import ts from "typescript"

/** An option of a function. */
export interface Option {
  required: boolean
  /** The type of its parameter, as it is written: `string`, `Directory`; a `boolean` takes no value. */
  type: string
  /** The directory of the module that it is where nobody gives one, and what is left out of it. */
  otherwise?: { path: string; exclude: string[] }
}

/** Options by name, in the order of the parameters. */
export type Options = Record<string, Option>

/** What the module's class offers. */
export interface Interface {
  /** The options of the module itself, which come before a function. */
  own: Options
  functions: Record<string, Options>
}

/**
 * Reads the module's class.
 *
 * @param source the text of ci/src/index.ts
 */
export function moduleInterface(source: string): Interface {
  const found: Interface = { own: {}, functions: {} }
  const visit = (node: ts.Node): void => {
    if (ts.isConstructorDeclaration(node)) found.own = options(node)
    if (ts.isMethodDeclaration(node) && decorators(node).some((text) => text.startsWith("@func")))
      found.functions[kebab(node.name.getText())] = options(node)
    ts.forEachChild(node, visit)
  }
  visit(ts.createSourceFile("index.ts", source, ts.ScriptTarget.Latest, true))
  return found
}

const decorators = (node: ts.HasDecorators) => (ts.getDecorators(node) ?? []).map((one) => one.getText())

const options = (node: ts.FunctionLikeDeclaration): Options =>
  Object.fromEntries(
    node.parameters.map((parameter) => [
      kebab(parameter.name.getText()),
      {
        required: !parameter.initializer && !parameter.questionToken,
        type: parameter.type?.getText() ?? "",
        otherwise: directoryOf(decorators(parameter).join()),
      },
    ]),
  )

/** The directory that `@argument` names. */
function directoryOf(decorator: string): Option["otherwise"] {
  const [, path] = /defaultPath: "\/([^"]+)"/.exec(decorator) ?? []
  const [, ignored = ""] = /ignore: \[([^\]]*)\]/.exec(decorator) ?? []
  return path ? { path, exclude: [...ignored.matchAll(/"([^"]+)"/g)].map(([, pattern]) => pattern) } : undefined
}

/** A name as it is written on a command line. */
export const kebab = (name: string) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
