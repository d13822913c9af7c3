// Renders charts with the real helm: the one that HELM names, else the PATH's.
import { execFileSync } from "node:child_process"
import { cpSync, existsSync, readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parse, parseAllDocuments, stringify } from "yaml"
import { temporary } from "../temporary.js"

const root = join(import.meta.dirname, "../..")

/** Where each chart is, by its name; `charts/common` is the library of all of them. */
export const chartDirectories: Record<string, string> = Object.fromEntries(
  ["charts", "examples/dappstore/charts"].flatMap((parent) =>
    readdirSync(join(root, parent))
      .filter((name) => name !== "common" && existsSync(join(root, parent, name, "Chart.yaml")))
      .map((name) => [name, `${parent}/${name}`]),
  ),
)

/** The files of a chart's examples, by their names. */
export const exampleFiles = (chart: string): [name: string, path: string][] => {
  const directory = join(root, chartDirectories[chart], "examples")
  return readdirSync(directory).map((name) => [name, join(directory, name)])
}

/** An object of Kubernetes as rendered; only what tests look at is typed. */
// biome-ignore lint/suspicious/noExplicitAny: manifests are read, not built, here
export type Manifest = { kind: string; metadata: { name: string; labels?: Record<string, string> }; [key: string]: any }

/** Charts with their dependencies packed in, side by side in a copy: the working tree stays as it is. */
export class Charts {
  readonly #directory = temporary("charts")

  constructor() {
    cpSync(join(root, "charts/common"), join(this.#directory, "common"), { recursive: true })
    for (const [chart, directory] of Object.entries(chartDirectories)) {
      cpSync(join(root, directory), join(this.#directory, chart), { recursive: true })
      helm("dependency", "build", join(this.#directory, chart))
    }
  }

  /** Where a chart is with its dependencies. */
  directory(chart: string): string {
    return join(this.#directory, chart)
  }

  /** The manifests as text; fails with helm's own message. */
  render(chart: string, values: object | string, release = "example", namespace = "example"): string {
    const file = join(this.#directory, "values.yaml")
    writeFileSync(file, typeof values === "string" ? values : stringify(values))
    return helm("template", release, this.directory(chart), "--namespace", namespace, "--values", file)
  }
}

/** The text's objects. */
export function manifestsOf(text: string): Manifest[] {
  return parseAllDocuments(text).flatMap((document) => {
    if (document.errors.length > 0) throw document.errors[0]
    return document.toJS() ?? []
  })
}

/** A deep copy with one value changed; the path's keys are separated by dots. */
export function changed<T extends object>(values: T, path: string, value: unknown): T {
  const copy = parse(stringify(values))
  const keys = path.split(".")
  const last = keys.pop() ?? ""
  // biome-ignore lint/suspicious/noExplicitAny: any shape is walked
  const target = keys.reduce<any>((node, key) => {
    node[key] ??= {}
    return node[key]
  }, copy)
  target[last] = value
  return copy
}

/** Runs helm and returns what it prints; fails with its message. */
export function helm(...args: string[]): string {
  const binary = process.env.HELM ?? "helm"
  try {
    return execFileSync(binary, args, { encoding: "utf8", stdio: "pipe" })
  } catch (error) {
    const { code, stderr } = error as { code?: string; stderr?: string }
    if (code === "ENOENT") throw new Error(`${binary} is not there: put helm into the PATH, or its path into HELM`)
    throw new Error(stderr)
  }
}
