// The rules for what workflows and other files say both: each names the file that is behind.
import { parse } from "yaml"
import { jobsOf, type Repository, type Workflow } from "./repository.js"
import { ofJobs, type Rule } from "./rule.js"

interface Mention {
  name: string
  path: string
  line: number
}

const mentions = (path: string, lines: string[], pattern: RegExp): Mention[] =>
  lines.flatMap((text, index) => [...text.matchAll(pattern)].map(([, name]) => ({ name, path, line: index + 1 })))

/** Those that are in one list only. */
const without = (some: Mention[], others: Mention[], message: string) =>
  some
    .filter(({ name }) => !others.some((other) => other.name === name))
    .map(({ name, path, line }) => ({ path, line, message: `${name} ${message}` }))

/** The images that are built from source. */
const built = ({ images }: Repository) =>
  Object.entries<object>(parse(images))
    .filter(([, image]) => "build" in image)
    .map(([name]) => name)
    .sort()

/** The workflows of the other repository that some workflows call: the variables that they read are the caller's. */
const called = (workflows: Workflow[], others: Workflow[]) =>
  others.filter(({ path }) =>
    workflows.flatMap(jobsOf).some(({ place }) => place.at("uses")?.text.includes(`/wallet-world/${path}@`)),
  )

export const agreementRules: Rule[] = [
  ofJobs("images that are built", ({ place }, repository) => {
    const services = place.at("strategy", "matrix", "service")
    const wanted = built(repository).join(", ")
    if (!services || [...(services.value as string[])].sort().join(", ") === wanted) return []
    return [{ line: services.line, message: `environments/images.yaml builds ${wanted}` }]
  }),

  {
    name: "a job for the images",
    check: ({ workflows }) =>
      workflows
        .filter(({ name }) => name === "pull-request")
        .filter((workflow) => !jobsOf(workflow).some(({ place }) => place.at("strategy", "matrix", "service")))
        .map(({ path }) => ({ path, line: 1, message: "no job has a matrix of the images, named service" })),
  },

  {
    name: "variables of the repository",
    check: ({ workflows, others, documentation: { path, text } }) => {
      const used = [...workflows, ...called(workflows, others)].flatMap(({ path, lines }) =>
        mentions(path, lines, /\bvars\.(\w+)/g),
      )
      const documented = mentions(path, text.split("\n"), /^\| `(AWS_\w+)` \|/g)
      return [
        ...without(used, documented, `has no row in the table of ${path}`),
        ...without(documented, used, "is used by no workflow"),
      ]
    },
  },
]
