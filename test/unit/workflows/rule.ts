// What a rule is: a name, and what breaks it, line by line.
import { type Job, jobsOf, type Repository, type Workflow } from "./repository.js"

/** Something that breaks a rule. */
export interface Finding {
  path: string
  line: number
  message: string
}

/** One rule. */
export interface Rule {
  name: string
  check(repository: Repository): Finding[]
}

/** What breaks a rule in a file that is known. */
type Found = Omit<Finding, "path">[]

/** A rule that looks at one workflow after the other. */
export const ofWorkflows = (name: string, check: (workflow: Workflow) => Found): Rule => ({
  name,
  check: ({ workflows }) =>
    workflows.flatMap((workflow) => check(workflow).map((finding) => ({ path: workflow.path, ...finding }))),
})

/** A rule that looks at one job after the other. */
export const ofJobs = (name: string, check: (job: Job, repository: Repository) => Found): Rule => ({
  name,
  check: (repository) =>
    ofWorkflows(name, (workflow) => jobsOf(workflow).flatMap((job) => check(job, repository))).check(repository),
})

/** A rule that looks at one line after the other; comments are left out. */
export const ofLines = (name: string, check: (text: string) => string | undefined): Rule =>
  ofWorkflows(name, ({ lines }) =>
    lines.flatMap((text, index) => {
      const message = check(text.replace(/(^|\s)#.*$/, ""))
      return message ? [{ line: index + 1, message }] : []
    }),
  )

/** Whether a value is the map that is wanted, in whatever order. */
export const same = (value: unknown, wanted: object): boolean =>
  typeof value === "object" && value !== null && sorted(value) === sorted(wanted)

const sorted = (value: object) => JSON.stringify(Object.entries(value).sort())
