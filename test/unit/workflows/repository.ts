// What the rules look at: the workflows, and the files that they must agree with.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Interface, moduleInterface } from "./functions.js"
import { Place } from "./place.js"

const root = join(import.meta.dirname, "../../..")
const directory = ".github/workflows"

/** A workflow file. */
export interface Workflow {
  path: string
  /** The file's name without its ending. */
  name: string
  lines: string[]
  content: Place
}

/** A job; its steps are none where it calls another workflow. */
export interface Job {
  workflow: Workflow
  name: string
  place: Place
  steps: Place[]
}

/** Everything that the rules compare. */
export interface Repository {
  workflows: Workflow[]
  images: string
  documentation: string
  module: Interface
}

/** Where the documentation of the variables is. */
export const DOCUMENTATION = "docs/aws.md"

/** The files that the rules look at, by path. */
export function repositoryTexts(): Map<string, string> {
  const names = readdirSync(join(root, directory)).map((name) => `${directory}/${name}`)
  const paths = [...names, "environments/images.yaml", DOCUMENTATION, "ci/src/index.ts"]
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

/** The files as the rules want them. */
export function repositoryOf(texts: Map<string, string>): Repository {
  const text = (path: string) => texts.get(path) ?? ""
  const workflows = [...texts].filter(([path]) => path.startsWith(`${directory}/`))
  return {
    workflows: workflows.map(([path, content]) => ({
      path,
      name: path.slice(directory.length + 1).replace(/\.ya?ml$/, ""),
      lines: content.split("\n"),
      content: Place.read(content),
    })),
    images: text("environments/images.yaml"),
    documentation: text(DOCUMENTATION),
    module: moduleInterface(text("ci/src/index.ts")),
  }
}

/** The jobs of a workflow. */
export const jobsOf = (workflow: Workflow): Job[] =>
  (workflow.content.at("jobs")?.entries() ?? []).map(([name, place]) => ({
    ...{ workflow, name, place },
    steps: place.at("steps")?.items() ?? [],
  }))
