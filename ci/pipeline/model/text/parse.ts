/**
 * Reads one YAML file into a tree. A plain subset: no anchors, aliases, merge keys, tags or directives; layers do their
 * work. What YAML 1.1, which Helm reads, takes for something else is refused: see readings.ts.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  type YAMLError,
  type YAMLMap,
} from "yaml"
import { isUnicode, oddCharacters } from "./characters.js"
import type { Position, Problem } from "./problems.js"
import { plainProblem } from "./readings.js"
import { escapeReferences, referencesIn } from "./references.js"
import { type Entry, emptyMap, type MapTree, type Tree } from "./tree.js"

/** The tree of a file's text. Where something is wrong with the file, the problems say it and the tree is what could be read. */
export function parseFile(file: string, written: string): { tree: MapTree; problems: Problem[] } {
  const text = written.replace(/^\ufeff/, "")
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: false })
  const source: Source = { file, text, lines }
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) =>
    syntaxProblem(error, position(source, error.pos[0])),
  )
  if (document.errors.length > 0) return { tree: emptyMap(file), problems }
  if (document.directives?.yaml.explicit) {
    const at = position(source, text.search(/^%YAML/m))
    problems.push({ at, message: "directives (%YAML) are not supported", hint: "remove it: the files are YAML 1.2" })
  }
  for (const { offset, name } of oddCharacters(text)) problems.push(oddProblem(name, position(source, offset)))
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { tree: emptyMap(file), problems }
  }
  const tree = new Reader(source, problems).read(document.contents)
  if (tree.kind === "map") return { tree, problems }
  problems.push({ at: tree.at, message: `the file must hold a map (key: value), not ${describe(tree)}` })
  return { tree: emptyMap(file), problems }
}

/** "a list", "a string": what a value is, for messages. */
export function describe(tree: Tree): string {
  if (tree.kind !== "scalar") return `a ${tree.kind}`
  if (tree.value === null) return "nothing"
  return `the ${typeof tree.value} ${JSON.stringify(tree.value)}`
}

/** A file that is being read. */
interface Source {
  readonly file: string
  readonly text: string
  readonly lines: LineCounter
}

class Reader {
  constructor(
    private readonly source: Source,
    private readonly problems: Problem[],
  ) {}

  read(node: Node | null): Tree {
    const at = this.placeOf(node)
    if (isAlias(node)) return this.refuse(at, "aliases (*name) are not supported", SHARE)
    if (node) this.checkProperties(node, at)
    if (isMap(node)) return { kind: "map", at, entries: this.entries(node) }
    if (isSeq(node)) return { kind: "list", at, items: node.items.map((item) => this.read(item as Node | null)) }
    return isScalar(node) ? this.scalar(node, at) : { kind: "scalar", at, value: null }
  }

  private entries(map: YAMLMap): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    for (const { key, value } of map.items as Pair<Node, Node | null>[]) {
      const keyAt = this.placeOf(key)
      const name = this.key(key, keyAt)
      if (name === undefined) continue
      if (isEmpty(value)) {
        // It would count as null and remove what lower layers say, which nobody means by writing nothing.
        this.refuse(keyAt, `"${name}" has no value`, "write {} for an empty map, null to remove what lower layers set")
      } else entries.set(name, { keyAt, value: this.read(value) })
    }
    return entries
  }

  /** The name that a key says; undefined for one that is refused. */
  private key(node: Node, at: Position): string | undefined {
    this.checkProperties(node, at)
    const name = isScalar(node) ? node.value : undefined
    const problem = isScalar(node) && plainIn(node, at)
    if (name === "<<" && isScalar(node) && node.type === "PLAIN") {
      this.refuse(at, "merge keys (<<) are not supported", SHARE)
    } else if (problem) this.problems.push(problem)
    else if (typeof name !== "string") {
      this.refuse(at, "a key must be a string", isScalar(node) ? `write "${node.source}"` : undefined)
    } else if (name === "__proto__") this.refuse(at, `"${name}" cannot be a key`)
    else if (!isUnicode(name)) this.refuse(at, "a key must be text: an escape names half a character")
    else if (referencesIn(name).length > 0) {
      const hint = `give it a name of its own; for a literal text write ${JSON.stringify(escapeReferences(name))}`
      this.refuse(at, `a key cannot hold a reference: "${name}"`, hint)
    } else return name
    return undefined
  }

  private scalar(node: Scalar, at: Position): Tree {
    const { value } = node
    const problem = plainIn(node, at)
    if (problem) this.problems.push(problem)
    else if (typeof value === "string" && !isUnicode(value)) {
      this.refuse(at, "this is not text: an escape names half a character")
    } else if (endsOpen(node, this.source.text)) {
      const hint = "end the file with a line break, or write |- or >- for a text without one"
      this.refuse(at, "this text is ambiguous: with or without a line break at its end", hint)
    } else if (typeof value === "string") return { kind: "scalar", at, value, ...this.marks(node, value) }
    else if (value === null || typeof value === "boolean" || typeof value === "number") {
      return { kind: "scalar", at, value }
    }
    return { kind: "scalar", at, value: null }
  }

  /** Where each "${" of a text of several lines is. */
  private marks(node: Scalar, value: string): { marks?: Position[] } {
    if (!value.includes("${") || !node.range) return {}
    const [start, end] = node.range
    const written = this.source.text.slice(start, end)
    if (!written.includes("\n")) return {}
    const header = node.type?.startsWith("BLOCK") ? written.indexOf("\n") : 0 // it may hold a comment
    const found = [...written.slice(header).matchAll(/\$\{/g)].map(({ index }) => start + header + index)
    // Escapes can write "${" in other ways.
    if (found.length !== value.split("${").length - 1) return {}
    return { marks: found.map((offset) => position(this.source, offset)) }
  }

  private checkProperties(node: { anchor?: string; tag?: string }, at: Position): void {
    if (node.anchor) this.refuse(at, `anchors (&${node.anchor}) are not supported`, SHARE)
    if (!node.tag) return
    const name = node.tag.replace(/^tag:yaml\.org,2002:/, "!!")
    this.refuse(at, `tags (${name}) are not supported`, "write the value as it is, and a text in quotes")
  }

  private placeOf(node: Node | null): Position {
    return position(this.source, node?.range?.[0] ?? 0)
  }

  private refuse(at: Position, message: string, hint?: string): Tree {
    this.problems.push({ at, message, hint })
    return { kind: "scalar", at, value: null }
  }
}

/** Whether a block (|, >) ends with the file, and the file without a line break: the libraries do not agree on its end. */
const endsOpen = ({ type, value, range }: Scalar, text: string) =>
  type?.startsWith("BLOCK") && String(value).endsWith("\n") && range?.[1] === text.length && !text.endsWith("\n")

/** What is wrong with a scalar, if it has no quotes. */
const plainIn = ({ type, source = "", value }: Scalar, at: Position) =>
  type === "PLAIN" ? plainProblem(source, value as string | number | boolean | null, at) : undefined

const oddProblem = (name: string, at: Position): Problem =>
  name === "\\ufffd"
    ? { at, message: "this was not UTF-8, or is the character U+FFFD", hint: "save the file as UTF-8" }
    : {
        at,
        message: `YAML versions disagree on the character ${name}, or refuse it`,
        hint: `remove it, or write "${name}" in double quotes`,
      }

const SHARE = "what environments have in common belongs into a layer: _defaults, _clusters, _networks or _tiers"

const isEmpty = (node: Node | null) => !node || (isScalar(node) && node.value === null && node.source === "")

function position({ file, lines }: Source, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
}

/** The parser's message, with what to do about the mistakes that people make most. */
function syntaxProblem(error: YAMLError, at: Position): Problem {
  const advice: Partial<Record<YAMLError["code"], Omit<Problem, "at">>> = {
    DUPLICATE_KEY: { message: "this key is already in the same map", hint: "keep one of the two" },
    TAB_AS_INDENT: { message: "tabs cannot indent YAML", hint: "use spaces" },
    MULTIPLE_DOCS: { message: "the file holds several documents (---)", hint: "keep one" },
    BAD_INDENT: { message: error.message, hint: "align the keys of a map" },
    TAG_RESOLVE_FAILED: { message: error.message, hint: "tags are not supported" },
  }
  return { at, ...(advice[error.code] ?? { message: `not valid YAML: ${error.message}` }) }
}
