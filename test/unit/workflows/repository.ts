// What the rules look at: the workflows of a repository, and the files that they must agree with.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import { type Interface, moduleInterface } from "./functions.js"

const root = join(import.meta.dirname, "../../..")
const moduleSource = "ci/src/index.ts"

/** A repository whose workflows keep the rules. */
interface Home {
  /** Where it is in this one. */
  path: string
  /** The file that documents its variables. */
  documentation: string
  /** The file that pins the commit of wallet-world, where it is another repository. */
  pin?: string
}

/** This repository, and the example of another one. */
const homes: Home[] = [
  { path: "", documentation: "docs/aws.md" },
  { path: "examples/dappstore/", documentation: "README.md", pin: "wallet-world.env" },
]

/** A step of a job. */
export interface Step {
  uses?: string
  run?: string
  shell?: string
  with?: Record<string, unknown>
  env?: object
}

/** A job; its steps are none where it calls another workflow. */
export interface Job {
  /** The path of its workflow, then its name. */
  place: string
  /** WORKFLOW/JOB */
  name: string
  workflow: Workflow
  steps: Step[]
  definition: {
    permissions?: Record<string, string>
    if?: string
    uses?: string
    environment?: string
    concurrency?: object
    strategy?: { matrix?: { service?: string[] } }
    env?: object
    "runs-on"?: string
    "timeout-minutes"?: number
  }
}

/** A workflow file. */
export interface Workflow {
  path: string
  /** The file's name without its ending. */
  name: string
  text: string
  content: {
    on: string | string[] | object
    permissions?: object
    concurrency?: object
    defaults?: { run?: { shell?: string } }
    env?: object
    jobs: Record<string, Job["definition"] & { steps?: Step[] }>
  }
}

/** Everything that the rules compare. */
export interface Repository {
  workflows: Workflow[]
  /** Those of the other repository. */
  others: Workflow[]
  jobs: Job[]
  documentation: string
  /** The commit of wallet-world that it uses, where it is another repository. */
  pinned?: string
  module: Interface
  /** The text of a file; empty, if there is none. */
  text(path: string): string
}

/** The files that the rules look at, by path. */
export function repositoryTexts(): Map<string, string> {
  const paths = homes.flatMap(({ path, documentation, pin }) => [
    ...[`${path}.github/workflows`, `${path}.github/scripts`].flatMap(filesIn),
    ...["environments/images.yaml", documentation, ...(pin ? [pin] : [])].map((file) => `${path}${file}`),
  ])
  return new Map([...paths, moduleSource].map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

const filesIn = (directory: string): string[] =>
  existsSync(join(root, directory)) ? readdirSync(join(root, directory)).map((name) => `${directory}/${name}`) : []

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
const contentOf = once((text): Workflow["content"] => parse(text))

/** The files as the rules want them. */
export function repositoriesOf(texts: Map<string, string>): Repository[] {
  const workflows = homes.map(({ path }) => workflowsOf(texts, `${path}.github/workflows/`))
  return homes.map(({ path, documentation, pin }, index) => {
    const text = (file: string) => texts.get(`${path}${file}`) ?? ""
    return {
      workflows: workflows[index],
      others: workflows.filter((_, other) => other !== index).flat(),
      jobs: workflows[index].flatMap(jobsOf),
      documentation,
      pinned: pin && /^WALLET_WORLD_COMMIT=(.*)$/m.exec(text(pin))?.[1],
      module: interfaceOf(texts.get(moduleSource) ?? ""),
      text,
    }
  })
}

const workflowsOf = (texts: Map<string, string>, prefix: string): Workflow[] =>
  [...texts]
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, text]) => ({ path, name: path.slice(prefix.length, -4), text, content: contentOf(text) }))

const jobsOf = (workflow: Workflow): Job[] =>
  Object.entries(workflow.content.jobs).map(([name, { steps = [], ...definition }]) => ({
    place: `${workflow.path}: ${name}`,
    name: `${workflow.name}/${name}`,
    ...{ workflow, steps, definition },
  }))
