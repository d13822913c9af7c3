// A value in a YAML file together with its line; anchors are followed, so that a shared step counts wherever it is used.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml"

/** One value of a YAML document. */
export class Place {
  private constructor(
    private readonly document: Document,
    private readonly lines: LineCounter,
    private readonly node: unknown,
    /** Where it stands, or the key that it belongs to; counts from 1. */
    readonly line: number,
  ) {}

  /**
   * The whole of a document.
   *
   * @param text YAML
   * @throws when it is not YAML, with the parser's message
   */
  static read(text: string): Place {
    const lines = new LineCounter()
    const document = parseDocument(text, { lineCounter: lines })
    if (document.errors.length > 0) throw document.errors[0]
    return new Place(document, lines, document.contents, 1)
  }

  /** The value as plain data. */
  get value(): unknown {
    return (this.node as Node | null)?.toJS(this.document)
  }

  /** The value if it is text; empty otherwise. */
  get text(): string {
    return typeof this.value === "string" ? this.value : ""
  }

  /** The first line of the text itself, which is below its key where it is a block. */
  get textLine(): number {
    const { type } = this.node as { type?: string }
    return type === "BLOCK_LITERAL" || type === "BLOCK_FOLDED" ? this.line + 1 : this.line
  }

  /** The value at a path of keys. */
  at(...path: string[]): Place | undefined {
    const [key, ...rest] = path
    if (key === undefined) return this
    return this.entries()
      .find(([name]) => name === key)?.[1]
      .at(...rest)
  }

  /** The entries of a map; none if it is something else. */
  entries(): [string, Place][] {
    if (!isMap(this.node)) return []
    return this.node.items.map(({ key, value }) => [String(isScalar(key) ? key.value : key), this.below(value, key)])
  }

  /** The items of a list; none if it is something else. */
  items(): Place[] {
    return isSeq(this.node) ? this.node.items.map((item) => this.below(item, item)) : []
  }

  private below(value: unknown, shown: unknown): Place {
    const node = isAlias(value) ? value.resolve(this.document) : value
    const start = ((isAlias(value) ? node : shown) as Node | null)?.range?.[0]
    return new Place(this.document, this.lines, node, start === undefined ? this.line : this.lines.linePos(start).line)
  }
}
