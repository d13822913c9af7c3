// The rules for what workflows run: values come by variables, functions and options are those of the module.
import type { Options } from "./functions.js"
import type { Job, Repository } from "./repository.js"
import { ofJobs, type Rule } from "./rule.js"
import { assignedVariables, type Call, calls, usedVariables } from "./shell.js"

/** Variables that the runner sets. */
export const runnerVariables = [
  ...[
    "GITHUB_OUTPUT",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_RUN_ID",
    "GITHUB_REPOSITORY",
    "GITHUB_SERVER_URL",
    "GITHUB_ACTOR",
  ],
  ...["RUNNER_TEMP", "HOME", "PATH"],
]

/** Functions that work on AWS; the first three change something there. */
const onTarget = ["deploy", "destroy", "publish", "infra", "lock", "plan", "report"]
const changing = onTarget.slice(0, 3)

interface Script {
  text: string
  /** Line of the file that the script's first line stands in. */
  line: number
  /** Variables that the workflow sets for it. */
  variables: string[]
}

const scriptsOf = ({ workflow, place, steps }: Job): Script[] =>
  steps.flatMap((step) => {
    const run = step.at("run")
    if (!run) return []
    const environments = [workflow.content.at("env"), place.at("env"), step.at("env")]
    const variables = environments.flatMap((one) => one?.entries().map(([name]) => name) ?? [])
    return [{ text: run.text, line: run.textLine, variables }]
  })

/** The calls of the module in a job, each with its line in the file. */
function callsOf(job: Job, { module }: Repository): Call[] {
  const { own, functions } = module
  const all: Options = Object.assign({}, own, ...Object.values(functions))
  return scriptsOf(job).flatMap(({ text, line }) =>
    calls(text, (option) => all[option]?.isSwitch ?? false).map((call) => ({ ...call, line: line + call.line })),
  )
}

export const scriptRules: Rule[] = [
  ofJobs("expressions in scripts", (job) =>
    scriptsOf(job).flatMap(({ text, line }) =>
      text
        .split("\n")
        .flatMap((one, index) =>
          one.includes("${{")
            ? [{ line: line + index, message: "what it yields would be run as code: pass it by env" }]
            : [],
        ),
    ),
  ),

  ofJobs("variables in scripts", (job) =>
    scriptsOf(job).flatMap(({ text, line, variables }) => {
      const known = [...runnerVariables, ...variables, ...assignedVariables(text)]
      return usedVariables(text)
        .filter(({ name }) => !known.includes(name))
        .map((used) => ({ line: line + used.line, message: `nothing sets $${used.name}` }))
    }),
  ),

  ofJobs("functions", (job, repository) => {
    const { own, functions } = repository.module
    return callsOf(job, repository).flatMap(({ line, name, given, options }) => {
      const known = functions[name]
      if (!known) return [{ line, message: `the module has no function ${name || "(none is named)"}` }]
      const required = Object.keys(known).filter((option) => known[option].required)
      return [
        ...given.filter((option) => !own[option]).map((option) => `the module has no option --${option}`),
        ...options.filter((option) => !known[option]).map((option) => `${name} has no option --${option}`),
        ...required.filter((option) => !options.includes(option)).map((option) => `${name} needs --${option}`),
      ].map((message) => ({ line, message }))
    })
  }),

  ofJobs("credentials", (job, repository) =>
    callsOf(job, repository)
      .filter(({ name, given }) => onTarget.includes(name) !== given.includes("aws-credentials"))
      .map(({ line, name, given }) => ({
        line,
        message: given.includes("aws-credentials")
          ? `${name} works on no target: it needs no --aws-credentials`
          : `${name} without --aws-credentials works on a sandbox`,
      })),
  ),

  ofJobs("concurrency", (job, repository) => {
    const { name, place } = job
    if (!callsOf(job, repository).some((call) => changing.includes(call.name))) return []
    const group = place.at("concurrency")
    const right =
      group?.at("group")?.value === "deploy-${{ inputs.environment }}" &&
      group.at("cancel-in-progress")?.value === false
    const environment = place.at("environment")
    return [
      ...(right
        ? []
        : [
            {
              line: (group ?? place).line,
              message: `${name} changes something: it needs the group deploy-\${{ inputs.environment }}, and cancel-in-progress: false`,
            },
          ]),
      ...(environment?.value === "${{ inputs.environment }}"
        ? []
        : [
            {
              line: (environment ?? place).line,
              message: `${name} changes something: it needs the GitHub environment of that name, which says who approves`,
            },
          ]),
    ]
  }),
]
