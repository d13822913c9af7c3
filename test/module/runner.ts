// Runs jobs of the workflows as GitHub would: their scripts as they stand, in order, with no other variables than GitHub's.
// The actions are carried out by actions.ts. Whatever it does not know is an error.
import { readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { parse } from "yaml"
import type { Credentials } from "../../ci/pipeline/targets/target.js"
import { temporary as newDirectory } from "../temporary.js"
import { type Action, actions } from "./actions.js"
import { type Contexts, evaluate, fill } from "./expression.js"
import { githubVariables } from "./variables.js"
import { command, type Ended, root } from "./world.js"

interface Step {
  id?: string
  if?: string
  uses?: string
  run?: string
  with?: Record<string, unknown>
  env?: Record<string, string>
}

interface Job {
  if?: string
  uses?: string
  with?: Record<string, unknown>
  permissions: Record<string, string>
  environment?: string
  env?: Record<string, string>
  outputs?: Record<string, string>
  steps?: Step[]
}

type Inputs = Record<string, { required?: boolean; default?: unknown }>

interface Workflow {
  env?: Record<string, string>
  on: Partial<Record<"workflow_call" | "workflow_dispatch", { inputs?: Inputs } | null>>
  jobs: Record<string, Job>
}

/** How a job ended. */
export interface Outcome {
  outcome: "success" | "failure"
  outputs: Record<string, string>
  /** What the scripts printed, in the order of the steps, and why an action failed. */
  scripts: Ended[]
  summary: string
  /** What was attested, in the order of the steps. */
  attested: Attested[]
}

/** An attestation: of which image, and the names of what is in it where it is a bill of materials. */
export interface Attested {
  name: string
  digest: string
  materials?: string[]
}

/** One run of a workflow: what happened on GitHub, and the machine. */
export interface Run {
  /** The directory of the repository whose workflows run; this one, if not given. */
  home?: string
  /** The repository that a checkout clones. */
  repository: string
  /** A directory with the files of artifacts, by the artifact's name. */
  artifacts: string
  /** A directory with programs that GitHub's machines have. */
  programs: string
  github: Contexts
  vars: Record<string, string>
  /** Variables that take the place of those that the workflow sets, where what they name cannot be had here. */
  env?: Record<string, string>
  /** The port of the sandbox that stands where AWS would, for workflows that have to do with AWS. */
  port?: number
  /** Gives a session of a role to a job that GitHub names so. */
  assume(role: string, subject: string): Promise<Credentials>
}

/** What a step has to do with. */
export interface Machine {
  workspace: string
  temporary: string
  permissions: Record<string, string>
  /** What GitHub says about the job in its token. */
  subject: string
  /** Variables that actions set for the steps after them. */
  variables: Record<string, string>
  attested: Attested[]
}

/** Variables by which a person says where this machine's engine is, and what daggerw keeps. */
const ofThisMachine = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => /^(WALLET_WORLD_|XDG_CACHE_HOME$|_EXPERIMENTAL_DAGGER_)/.test(name)),
)

/**
 * Runs one job; one that calls another workflow runs the jobs there.
 *
 * @param run the run
 * @param name the workflow's name
 * @param job the job's name
 * @param contexts what the expressions may refer to beside `github`, `vars`, `secrets` and `runner`
 * @returns how it ended; undefined when its condition does not hold
 */
export async function runJob(
  run: Run,
  name: string,
  job: string,
  contexts: Contexts = {},
): Promise<Outcome | undefined> {
  const workflow = read(name, run.home)
  const definition = workflow.jobs[job]
  if (!definition) throw new Error(`${name}.yml has no job ${job}`)
  // Inputs that nobody gave are empty on GitHub, also where a push has started what can be started by hand.
  const declared = (workflow.on.workflow_call ?? workflow.on.workflow_dispatch)?.inputs ?? {}
  const inputs = inputsOf(declared, (contexts.inputs ?? {}) as Contexts)
  const secrets = { GITHUB_TOKEN: "token of the job" }
  const all = { github: run.github, vars: run.vars, secrets, ...contexts, inputs }
  if (definition.if && !condition(definition.if, all)) return undefined
  return definition.uses ? callWorkflow(run, definition, all) : runSteps(run, workflow, definition, all)
}

const read = (name: string, home = root): Workflow =>
  parse(readFileSync(join(home, `.github/workflows/${name}.yml`), "utf8"))

const condition = (text: string, contexts: Contexts) =>
  Boolean(evaluate(text.replace(/^\$\{\{(.*)\}\}$/s, "$1"), contexts))

const filled = (values: Record<string, unknown> | undefined, contexts: Contexts): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values ?? {}).map(([key, value]) => [key, fill(value, contexts)]))

const filledTexts = (values: Record<string, string> | undefined, contexts: Contexts): Record<string, string> =>
  Object.fromEntries(Object.entries(filled(values, contexts)).map(([key, value]) => [key, String(value)]))

async function callWorkflow(run: Run, job: Job, contexts: Contexts): Promise<Outcome> {
  const [, name] = /^\.\/\.github\/workflows\/(.+)\.yml$/.exec(job.uses ?? "") ?? []
  if (!name) throw new Error(`cannot call ${job.uses}`)
  const inputs = filled(job.with, contexts)
  const outcomes: Outcome[] = []
  for (const [inner, { permissions }] of Object.entries(read(name).jobs)) {
    for (const [scope, right] of Object.entries(permissions))
      if (job.permissions[scope] !== right)
        throw new Error(`${name}.yml needs ${scope}: ${right}, its caller has it not`)
    const outcome = await runJob(run, name, inner, { inputs })
    if (outcome) outcomes.push(outcome)
  }
  if (outcomes.length !== 1) throw new Error(`${outcomes.length} jobs of ${name}.yml ran`)
  return outcomes[0]
}

function inputsOf(declared: Inputs, given: Contexts): Contexts {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { required, default: otherwise }]) => {
      if (required && !(name in given)) throw new Error(`the input ${name} is missing`)
      return [name, given[name] ?? otherwise ?? ""]
    }),
  )
}

async function runSteps(run: Run, workflow: Workflow, job: Job, outer: Contexts): Promise<Outcome> {
  const workspace = newDirectory("workspace")
  const temporary = newDirectory("runner")
  const { repository, ref } = run.github
  const place = job.environment ? `environment:${fill(job.environment, outer)}` : `ref:${ref}`
  const subject = `repo:${repository}:${place}`
  const ended: Outcome = { outcome: "success", outputs: {}, scripts: [], summary: "", attested: [] }
  const { attested } = ended
  const machine: Machine = { workspace, temporary, subject, permissions: job.permissions, variables: {}, attested }
  const steps: Record<string, StepState> = {}
  const contexts: Contexts = { ...outer, runner: { temp: temporary }, steps }
  contexts.env = { ...filledTexts({ ...workflow.env, ...job.env }, contexts), ...run.env }
  try {
    for (const step of job.steps ?? []) {
      const own: StepState = { outcome: "skipped", outputs: {} }
      if (step.id) steps[step.id] = own
      const even = /\balways\(\)/.test(step.if ?? "")
      if ((ended.outcome === "failure" && !even) || (step.if && !condition(step.if, contexts))) continue
      own.outcome = await runStep(run, machine, step, contexts, own, ended)
      if (own.outcome === "failure") ended.outcome = "failure"
    }
    if (ended.outcome === "success") ended.outputs = filledTexts(job.outputs, contexts)
    return ended
  } finally {
    for (const directory of [workspace, temporary]) rmSync(directory, { recursive: true })
  }
}

/** What later steps can know of a step. */
interface StepState {
  outcome: "success" | "failure" | "skipped"
  outputs: Record<string, string>
}

async function runStep(
  run: Run,
  machine: Machine,
  step: Step,
  contexts: Contexts,
  { outputs }: StepState,
  ended: Outcome,
): Promise<"success" | "failure"> {
  if (step.uses) {
    const action: Action | undefined = actions[step.uses.split("@")[0]]
    if (!action) throw new Error(`cannot carry out ${step.uses}`)
    const inputs = filled(step.with, contexts)
    try {
      await action(run, machine, inputs)
      return "success"
    } catch (error) {
      ended.scripts.push({ code: 1, stdout: "", stderr: `${step.uses}: ${(error as Error).message}` })
      return "failure"
    }
  }
  const file = (name: string) => join(machine.temporary, name)
  const [script, output, summary] = ["_script.sh", "_output", "_summary"].map(file)
  writeFileSync(script, String(step.run))
  for (const path of [output, summary]) writeFileSync(path, "")
  const env = {
    ...ofThisMachine,
    // The sandbox is the target, and checks the credentials as AWS would.
    WALLET_WORLD_SANDBOX: String(run.port ?? "off"),
    PATH: `${run.programs}:${process.env.PATH}`,
    HOME: process.env.HOME,
    ...githubVariables(String(run.github.repository), machine.temporary, output, summary),
    ...(contexts.env as Record<string, string>),
    ...machine.variables,
    ...filledTexts(step.env, contexts),
  }
  const result = await command("env", ["-i", ...assignments(env), ...shell, script], { cwd: machine.workspace })
  ended.scripts.push(result)
  ended.summary += readFileSync(summary, "utf8")
  const secret = machine.variables.AWS_SECRET_ACCESS_KEY
  if (secret && `${result.stdout}${result.stderr}${ended.summary}`.includes(secret))
    throw new Error(`${step.run} shows the secret of the credentials`)
  for (const line of readFileSync(output, "utf8").split("\n").filter(Boolean)) {
    const [, key, value] = /^([\w-]+)=(.*)$/.exec(line) ?? []
    if (!key) throw new Error(`cannot read the output ${line}`)
    outputs[key] = value
  }
  return result.code === 0 ? "success" : "failure"
}

/** How GitHub runs a script when the shell is bash. */
const shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]

const assignments = (env: Record<string, string | undefined>) =>
  Object.entries(env).map(([name, value]) => `${name}=${value}`)
