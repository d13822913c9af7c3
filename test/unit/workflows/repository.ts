// What the rules look at: the workflows of a repository, and the files that they must agree with.
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"

/** The checkout. */
export const root = join(import.meta.dirname, "../../..")

/** The repositories whose workflows keep the rules, this one and the example: where they are, and files in them. */
const homes: { path: string; documentation: string; pin?: string }[] = [
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

interface Definition {
  permissions?: Record<string, string>
  if?: string
  environment?: string
  concurrency?: object
  strategy?: { matrix?: { service?: string[] } }
  env?: object
  "runs-on"?: string
  "timeout-minutes"?: number
  steps?: Step[]
}

/** A job, named WORKFLOW/JOB; its steps are none where it calls another workflow. */
export interface Job {
  name: string
  workflow: Workflow
  definition: Definition
  steps: Step[]
}

/** A workflow file; its name is the path without its ending. */
export interface Workflow {
  path: string
  name: string
  text: string
  content: {
    on: string | string[] | object
    permissions?: object
    concurrency?: object
    defaults?: { run?: { shell?: string } }
    env?: object
    jobs: Record<string, Definition>
  }
}

/** Everything that the rules compare. */
export interface Repository {
  workflows: Workflow[]
  /** Those of the other repository. */
  others: Workflow[]
  jobs: Job[]
  /** The path of the file that documents its variables. */
  documentation: string
  /** The commit of wallet-world that it uses, where it is another repository. */
  pinned?: string
  /** The text of a file; empty, if there is none. */
  text(path: string): string
}

/** The files that the rules look at, by path. */
export function repositoryTexts(): Map<string, string> {
  const paths = homes.flatMap(({ path, documentation, pin }) => [
    ...[`${path}.github/workflows`, `${path}.github/scripts`].flatMap(filesIn),
    ...["environments/images.yaml", documentation, ...(pin ? [pin] : [])].map((file) => `${path}${file}`),
  ])
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]))
}

const filesIn = (directory: string): string[] =>
  existsSync(join(root, directory)) ? readdirSync(join(root, directory)).map((name) => `${directory}/${name}`) : []

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
      text,
    }
  })
}

const workflowsOf = (texts: Map<string, string>, prefix: string): Workflow[] =>
  [...texts]
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, text]) => ({ path, name: path.slice(prefix.length, -4), text, content: parse(text) }))

const jobsOf = (workflow: Workflow): Job[] =>
  Object.entries(workflow.content.jobs).map(([job, definition]) => {
    const name = `${workflow.name}/${job}`
    return { name, workflow, definition, steps: definition.steps ?? [] }
  })
