/** Reads one Chart.yaml: what this project needs to know of it, and what Helm would not accept, with its place. */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml"
import type { Position, Problem } from "../text/problems.js"

/** What a chart says that it needs. */
export interface Dependency {
  readonly name: string
  readonly version: string
  /** `file://PATH`, `oci://…`, `https://…`; "" for what lies in the chart's own charts/. */
  readonly repository: string
  readonly at: Position
}

/** What this project reads of a Chart.yaml. */
export interface ChartFile {
  readonly name: string
  readonly version: string
  readonly library: boolean
  readonly dependencies: readonly Dependency[]
  readonly problems: readonly Problem[]
}

/** Semantic Versioning 2.0.0; a leading v, which Helm accepts, too. */
export const VERSION =
  /^v?(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** A tag of a registry has at most 128 characters, 17 of which name the content. */
const LONGEST = 111

/** One Chart.yaml. It is read as Helm reads it: YAML 1.1, and keys that are not known do not matter. */
export class ChartReader {
  private readonly lines = new LineCounter()
  private readonly document: Document
  private readonly problems: Problem[] = []

  constructor(
    private readonly file: string,
    text: string,
  ) {
    const options = { lineCounter: this.lines, prettyErrors: false, version: "1.1", uniqueKeys: false } as const
    this.document = parseDocument(text.replace(/^\uFEFF/, ""), options)
  }

  read(): ChartFile {
    const nothing = { name: "", version: "", library: false, dependencies: [], problems: this.problems }
    const [error] = this.document.errors
    if (error) {
      this.problems.push({ at: this.at(error.pos[0]), message: `not valid YAML: ${error.message}` })
      return nothing
    }
    if (!isMap(this.document.contents)) {
      this.refuse("name", "the file must hold a map (key: value)")
      return nothing
    }
    this.checkApi()
    return {
      name: this.name(),
      version: this.version(),
      library: this.type() === "library",
      dependencies: this.dependencies(),
      problems: this.problems,
    }
  }

  position(key: string): Position {
    const node = isMap(this.document.contents) ? (this.document.contents.get(key, true) as Node | undefined) : undefined
    return this.at(node?.range?.[0] ?? 0)
  }

  private at(offset: number): Position {
    const { line, col } = this.lines.linePos(offset)
    // Positions are relative to environments/.
    return { file: `../${this.file}`, line: Math.max(line, 1), column: Math.max(col, 1) }
  }

  private refuse(key: string, message: string, hint?: string): "" {
    this.problems.push({ at: this.position(key), message, hint })
    return ""
  }

  /** The text of a key; a number or a boolean is not taken for one, by Helm neither. */
  private text(key: string, hint: string): string {
    const value: unknown = this.document.get(key)
    if (value === undefined || value === null || value === "") return this.refuse(key, `${key} is missing`, hint)
    if (typeof value === "string") return value
    return this.refuse(key, `${key} must be a text, not ${JSON.stringify(value)}`, "put quotes around it")
  }

  private checkApi(): void {
    const api = this.text("apiVersion", "write apiVersion: v2")
    if (api !== "" && api !== "v1" && api !== "v2")
      this.refuse("apiVersion", `there is no apiVersion "${api}"`, "write v2")
  }

  private name(): string {
    const name = this.text("name", "it is the name of the chart's directory")
    return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name === ""
      ? name
      : this.refuse("name", `"${name}" is not a chart's name`, "it has lower-case letters, digits and inner dashes")
  }

  private version(): string {
    const version = this.text("version", "it is a version such as 1.0.0")
    if (version === "") return ""
    if (!VERSION.test(version))
      return this.refuse("version", `"${version}" is not a version`, "a version has three numbers, such as 1.0.0")
    if (version.length > LONGEST)
      return this.refuse("version", `the version has ${version.length} characters`, `it can have ${LONGEST}`)
    return version
  }

  private type(): string {
    const type: unknown = this.document.get("type") ?? "application"
    if (type !== "application" && type !== "library")
      this.refuse("type", `there is no type ${JSON.stringify(type)}`, "it is application or library")
    return String(type)
  }

  private dependencies(): Dependency[] {
    const list = this.document.get("dependencies", true)
    if (list === undefined || list === null || (isScalar(list) && list.value === null)) return []
    if (!isSeq(list)) {
      this.refuse("dependencies", "dependencies must be a list")
      return []
    }
    return list.items.flatMap((item): Dependency[] => {
      const at = this.at((item as Node | null)?.range?.[0] ?? 0)
      const name: unknown = isMap(item) ? item.get("name") : undefined
      if (!isMap(item) || typeof name !== "string" || name === "") {
        this.problems.push({ at, message: "a dependency needs a name and a version, and usually a repository" })
        return []
      }
      const [version, repository] = ["version", "repository"].map((key) => String(item.get(key) ?? ""))
      return [{ name, version, repository, at }]
    })
  }
}
