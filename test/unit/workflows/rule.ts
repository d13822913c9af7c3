// What a rule is: it yields what breaks it, and where.
import type { Job, Repository, Step, Workflow } from "./repository.js"

/** Yields what breaks a rule. */
export type Rule = (repository: Repository) => string[]

/** A rule that looks at one job after the other. */
export const ofJobs =
  (check: (job: Job, repository: Repository) => string[]): Rule =>
  (repository) =>
    repository.jobs.flatMap((job) => check(job, repository).map((what) => `${job.workflow.path}: ${job.name}: ${what}`))

/** A rule that looks at one workflow after the other. */
export const ofWorkflows =
  (check: (workflow: Workflow, repository: Repository) => string[]): Rule =>
  (repository) =>
    repository.workflows.flatMap((one) => check(one, repository).map((what) => `${one.path}: ${what}`))

/** A message, if something is wrong. */
export const unless = (right: unknown, message: string): string[] => (right ? [] : [message])

/** Whether a value is the map that is wanted, in whatever order. */
export const same = (value: object | undefined, wanted: object): boolean =>
  value !== undefined && sorted(value) === sorted(wanted)

const sorted = (value: object) => JSON.stringify(Object.entries(value).sort())

/** Whether a step uses an action, in whatever version. */
export const uses = (action: string) => (step: Step) => step.uses?.startsWith(`${action}@`) ?? false

export const checksOut = uses("actions/checkout")

/** What a pattern finds in a text: its group. */
export const texts = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, found]) => found)
