/** Reads one YAML file into a tree. A plain subset: no anchors, aliases, merge keys or tags; layers do their work. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml"
import type { Position, Problem } from "./problems.js"
import { type Entry, emptyMap, type MapTree, type Tree } from "./tree.js"

/** The tree of a file's text. Where something is wrong with the file, the problems say it and the tree is what could be read. */
export function parseFile(file: string, text: string): { tree: MapTree; problems: Problem[] } {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, merge: false })
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) =>
    syntaxProblem(error, position(file, lines, error.pos[0])),
  )
  if (document.errors.length > 0) return { tree: emptyMap(file), problems }
  if (document.contents === null || (isScalar(document.contents) && document.contents.value === null)) {
    return { tree: emptyMap(file), problems }
  }
  const tree = new Reader(file, lines, problems).read(document.contents)
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

class Reader {
  constructor(
    private readonly file: string,
    private readonly lines: LineCounter,
    private readonly problems: Problem[],
  ) {}

  read(node: Node | null): Tree {
    const at = position(this.file, this.lines, node?.range?.[0] ?? 0)
    if (isAlias(node)) return this.refuse(at, "aliases (*name) are not supported", SHARE)
    if (isScalar(node) || isMap(node) || isSeq(node)) this.checkProperties(node, at)
    if (isMap(node)) return { kind: "map", at, entries: this.entries(node) }
    if (isSeq(node)) return { kind: "list", at, items: node.items.map((item) => this.read(item as Node | null)) }
    return this.scalar(isScalar(node) ? node.value : null, at)
  }

  private entries(map: { items: { key: unknown; value: unknown }[] }): Map<string, Entry> {
    const entries = new Map<string, Entry>()
    for (const { key, value } of map.items) {
      const keyNode = key as Node
      const keyAt = position(this.file, this.lines, keyNode?.range?.[0] ?? 0)
      const name = isScalar(keyNode) ? keyNode.value : undefined
      if (name === "<<") this.refuse(keyAt, "merge keys (<<) are not supported", SHARE)
      else if (typeof name !== "string") {
        this.refuse(keyAt, "a key must be a string", isScalar(keyNode) ? `write "${keyNode.source}"` : undefined)
      } else if (name === "__proto__") this.refuse(keyAt, `"${name}" cannot be a key`)
      else if (isEmpty(value as Node | null)) {
        // It would count as null and remove what lower layers say, which nobody means by writing nothing.
        this.refuse(keyAt, `"${name}" has no value`, "write {} for an empty map, null to remove what lower layers set")
      } else entries.set(name, { keyAt, value: this.read(value as Node) })
    }
    return entries
  }

  private scalar(value: unknown, at: Position): Tree {
    if (value === null || typeof value === "string" || typeof value === "boolean") return { kind: "scalar", at, value }
    if (
      typeof value === "number" &&
      Number.isFinite(value) &&
      (!Number.isInteger(value) || Number.isSafeInteger(value))
    )
      return { kind: "scalar", at, value }
    return this.refuse(
      at,
      `${String(value)} cannot be represented exactly in JSON`,
      "put quotes around it to make it a string",
    )
  }

  private checkProperties(node: { anchor?: string; tag?: string }, at: Position): void {
    if (node.anchor) this.refuse(at, `anchors (&${node.anchor}) are not supported`, SHARE)
    if (node.tag && !node.tag.startsWith("tag:yaml.org,2002:")) this.refuse(at, `tags (${node.tag}) are not supported`)
  }

  private refuse(at: Position, message: string, hint?: string): Tree {
    this.problems.push({ at, message, hint })
    return { kind: "scalar", at, value: null }
  }
}

const SHARE = "what environments have in common belongs into a layer: _defaults, _clusters, _networks or _tiers"

const isEmpty = (node: Node | null) => !node || (isScalar(node) && node.value === null && node.source === "")

function position(file: string, lines: LineCounter, offset: number): Position {
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
