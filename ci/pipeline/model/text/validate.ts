/** Checks a tree against a schema and says what is wrong in words of the file: position, key, what would be right. */
import { z } from "zod"
import { describe } from "./parse.js"
import type { Problem } from "./problems.js"
import { wholeReference } from "./references.js"
import { suggest } from "./suggest.js"
import { keyPositionAt, type Path, positionAt, type Tree, toJson, treeAt } from "./tree.js"

/** All problems of a tree; none means that its plain value has the schema's type, apart from references not yet filled in. */
export function validate(schema: z.ZodType, tree: Tree): Problem[] {
  const result = schema.safeParse(toJson(tree))
  if (result.success) return []
  const { issues } = result.error
  const mistyped = new Set(issues.filter(({ code }) => code === "invalid_type").map(({ path }) => path.join(".")))
  return issues
    .filter(({ code, path }) => !(code.startsWith("too_") && mistyped.has(path.join(".")))) // a type first, then a size
    .flatMap((issue) => explain(issue, issue.path as Path, schema, tree))
}

type Issue = z.core.$ZodIssue

function explain(issue: Issue, path: Path, schema: z.ZodType, tree: Tree): Problem[] {
  const node = treeAt(tree, path)
  const at = positionAt(tree, path)
  const name = path.length > 0 ? path.join(".") : "the file"
  // What a reference points to is not known yet; whether it is allowed here is not the schema's business.
  if (node?.kind === "scalar" && typeof node.value === "string" && wholeReference(node.value)) return []
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => {
        const known = keysAt(schema, path)
        const where = path.length > 0 ? ` in ${name}` : ""
        const position = node?.kind === "map" ? keyPositionAt(node, key) : at
        // Known, but not together with the other keys: another shape of a union has it.
        if (known.includes(key))
          return { at: position, message: `"${key}" cannot be combined with the other keys${where}` }
        return { at: position, message: `unknown key "${key}"${where}`, hint: suggest(key, known) }
      })
    case "invalid_key":
      return [
        {
          at: keyAt(tree, path),
          message: `"${String(path.at(-1))}" ${issue.issues[0]?.message ?? "is not a valid key"}`,
        },
      ]
    case "invalid_union":
      return bestOption(issue.errors).flatMap((inner) =>
        explain(inner, [...path, ...(inner.path as Path)], schema, tree),
      )
    case "invalid_type":
      if (node === undefined) return [{ at, message: `${name} is missing`, hint: `it must be ${noun(issue.expected)}` }]
      return [
        { at, message: `${name} must be ${noun(issue.expected)}, not ${describe(node)}`, hint: quoteHint(issue, node) },
      ]
    case "invalid_value": {
      const allowed = issue.values.map(String)
      if (node === undefined) return [{ at, message: `${name} is missing`, hint: `one of ${allowed.join(", ")}` }]
      return [{ at, message: `${name} cannot be ${describe(node)}`, hint: suggest(String(toJson(node)), allowed) }]
    }
    default:
      return [{ at, message: `${name} ${lowerFirst(issue.message)}`, hint: node && `it is ${describe(node)}` }]
  }
}

/** Of several possible shapes, the one that was most likely meant: the one with the fewest complaints. */
const bestOption = (options: readonly Issue[][]): Issue[] =>
  options.reduce((best, option) => (option.length < best.length ? option : best), options[0] ?? [])

function keyAt(tree: Tree, path: Path) {
  const map = treeAt(tree, path.slice(0, -1))
  return map?.kind === "map" ? keyPositionAt(map, String(path.at(-1))) : positionAt(tree, path)
}

const NOUNS: Record<string, string> = {
  array: "a list",
  boolean: "true or false",
  int: "a whole number",
  number: "a number",
  object: "a map",
  record: "a map",
  string: "a string",
}
const noun = (expected: string) => NOUNS[expected] ?? expected

const quoteHint = (issue: { expected: string }, node: Tree) =>
  issue.expected === "string" && node.kind === "scalar" ? "put quotes around it" : undefined

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1)

/** The keys that a schema knows at a path; of a union, those of all its options. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  return schemasAt(schema, path).flatMap((found) => (found instanceof z.ZodObject ? Object.keys(found.shape) : []))
}

function schemasAt(schema: unknown, path: Path): unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return schemasAt(schema.unwrap(), path)
  if (schema instanceof z.ZodUnion) return schema.options.flatMap((option) => schemasAt(option, path))
  const [step, ...rest] = path
  if (step === undefined) return [schema]
  if (schema instanceof z.ZodObject) return schemasAt(schema.shape[String(step)], rest)
  if (schema instanceof z.ZodRecord) return schemasAt(schema.valueType, rest)
  if (schema instanceof z.ZodArray) return schemasAt(schema.element, rest)
  return []
}
