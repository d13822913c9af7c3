// What the rules look at: the workflows of a repository, and the files that they must agree with.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { type Interface, moduleInterface } from "./functions.js"
import { Place } from "./place.js"

const root = join(import.meta.dirname, "../../..")
const directory = ".github/workflows"
const moduleSource = "ci/src/index.ts"

/** A repository, and what is its own in the rules. */
interface Home {
  /** Where it is in this one. */
  path: string
  /** Where the documentation of the variables is. */
  documentation: string
  /** What pins the commit of wallet-world, where it is another repository. */
  pin?: string
}

/** The repositories whose workflows keep the rules: this one, and the example of another one. */
const homes: Home[] = [
  { path: "", documentation: "docs/aws.md" },
  { path: "examples/dappstore/", documentation: "README.md", pin: "wallet-world.env" },
]

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
  /** The workflows of the other repository. */
  others: Workflow[]
  images: string
  documentation: { path: string; text: string }
  /** The commit of wallet-world that it uses, where it is another repository. */
  pinned?: string
  module: Interface
}

/** The files that the rules look at, by path. */
export function repositoryTexts(): Map<string, string> {
  const paths = homes.flatMap(({ path, documentation, pin }) => [
    ...readdirSync(join(root, path, directory)).map((name) => `${path}${directory}/${name}`),
    ...["environments/images.yaml", documentation, ...(pin ? [pin] : [])].map((file) => `${path}${file}`),
  ])
  return new Map([...paths, moduleSource].map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

/** Reads a text once: the tests change one file of many at a time. */
function once<T>(read: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>()
  return (text) => {
    const value = known.get(text) ?? read(text)
    known.set(text, value)
    return value
  }
}

const interfaceOf = once(moduleInterface)
const placeOf = once(Place.read)

/** The files as the rules want them. */
export function repositoriesOf(texts: Map<string, string>): Repository[] {
  const text = (path: string) => texts.get(path) ?? ""
  const module = interfaceOf(text(moduleSource))
  const workflows = homes.map(({ path }) => workflowsOf(texts, `${path}${directory}/`))
  return homes.map(({ path, documentation, pin }, index) => ({
    workflows: workflows[index],
    others: workflows.filter((_, other) => other !== index).flat(),
    images: text(`${path}environments/images.yaml`),
    documentation: { path: `${path}${documentation}`, text: text(`${path}${documentation}`) },
    pinned: pin && /^WALLET_WORLD_COMMIT=(.*)$/m.exec(text(`${path}${pin}`))?.[1],
    module,
  }))
}

const workflowsOf = (texts: Map<string, string>, prefix: string): Workflow[] =>
  [...texts]
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, content]) => ({
      path,
      name: path.slice(prefix.length).replace(/\.ya?ml$/, ""),
      lines: content.split("\n"),
      content: placeOf(content),
    }))

/** The jobs of a workflow. */
export const jobsOf = (workflow: Workflow): Job[] =>
  (workflow.content.at("jobs")?.entries() ?? []).map(([name, place]) => ({
    ...{ workflow, name, place },
    steps: place.at("steps")?.items() ?? [],
  }))
