// The rules for what workflows run: values come by variables, functions and options are those of the module.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { githubVariables } from "../../module/variables.js"
import { moduleInterface } from "../../module-interface.js"
import { targetFunctions } from "../../target-functions.js"
import { type Call, calls } from "./calls.js"
import { type Job, type Repository, root, type Step } from "./repository.js"
import { checksOut, ofJobs, type Rule, same, texts, unless } from "./rule.js"

const { own, functions } = moduleInterface(readFileSync(join(root, "ci/src/index.ts"), "utf8"))

/** Variables that are set wherever a script runs. */
const everywhere = [...Object.keys(githubVariables("", "", "", "")), "HOME", "PATH"]

/** Functions that change something on a target. */
const changing = ["deploy", "destroy", "publish"]

/** The files of scripts that a step runs. */
const filesOf = ({ run = "" }: Step): string[] => run.match(/\.github\/scripts\/[\w.-]+/g) ?? []

/** What a step runs, the text of its files included. */
const scriptOf = (step: Step, { text }: Repository): string => [step.run ?? "", ...filesOf(step).map(text)].join("\n")

/** The calls of the module in a job. */
function callsOf({ steps }: Job, repository: Repository): Call[] {
  const options = Object.assign({}, own, ...Object.values(functions))
  return steps.flatMap((step) => calls(scriptOf(step, repository), options))
}

export const scriptRules: Record<string, Rule> = {
  scripts: ofJobs(({ steps }, { text }) =>
    steps.flatMap((step) => [
      // Without a checkout there are no files.
      ...unless(
        !steps.some(checksOut) || !step.run?.trim().includes("\n"),
        `a script of several lines must be a file in .github/scripts: ${step.run}`,
      ),
      ...filesOf(step).flatMap((path) => unless(text(path), `there is no ${path}`)),
    ]),
  ),

  "variables in scripts": ofJobs((job, repository) =>
    job.steps.flatMap((step) => {
      const environments = [job.workflow.content.env, job.definition.env, step.env]
      const known = [...everywhere, ...environments.flatMap((one) => Object.keys(one ?? {}))]
      // A script's own variables have small letters; a linter looks at them.
      const used = texts(scriptOf(step, repository), /\$\{?([A-Z][A-Z0-9_]*)/g)
      return used.filter((name) => !known.includes(name)).map((name) => `nothing sets $${name}`)
    }),
  ),

  functions: ofJobs((job, repository) =>
    callsOf(job, repository).flatMap(({ name, given, options }) => {
      const known = functions[name]
      if (!known) return [`the module has no function ${name || "(none is named)"}`]
      const required = Object.keys(known).filter((option) => known[option].required)
      return [
        ...given.filter((option) => !own[option]).map((option) => `the module has no option --${option}`),
        ...options.filter((option) => !known[option]).map((option) => `${name} has no option --${option}`),
        ...required.filter((option) => !options.includes(option)).map((option) => `${name} needs --${option}`),
      ]
    }),
  ),

  credentials: ofJobs((job, repository) =>
    callsOf(job, repository).flatMap(({ name, given }) => {
      const hasCredentials = given.includes("aws-credentials")
      if (targetFunctions.includes(name))
        return unless(hasCredentials, `${name} without --aws-credentials works on a sandbox`)
      return unless(!hasCredentials, `${name} works on no target: it needs no --aws-credentials`)
    }),
  ),

  "one change at a time": ofJobs((job, repository) => {
    if (!callsOf(job, repository).some(({ name }) => changing.includes(name))) return []
    const { concurrency, environment } = job.definition
    const wanted = { group: "deploy-${{ inputs.environment }}", "cancel-in-progress": false }
    return [
      ...unless(same(concurrency, wanted), `changes something: it needs concurrency ${JSON.stringify(wanted)}`),
      ...unless(
        environment === "${{ inputs.environment }}",
        "changes something: it needs the GitHub environment of that name, which says who approves",
      ),
    ]
  }),
}
