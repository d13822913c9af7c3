// The rules for what workflows take from others: pinned by commit, and the same commit everywhere.
import { jobsOf, type Repository, type Workflow } from "./repository.js"
import type { Rule } from "./rule.js"

/** An action or a workflow of another repository, as a job or a step uses it. */
interface Use {
  path: string
  line: number
  /** OWNER/NAME, or longer. */
  name: string
  /** What stands behind the @. */
  commit: string
  /** What stands behind that. */
  rest: string
}

const usesOf = (workflows: Workflow[]): Use[] =>
  workflows.flatMap((workflow) =>
    jobsOf(workflow)
      .flatMap(({ place, steps }) => [place, ...steps])
      .flatMap((user): Use[] => {
        const used = user.at("uses")
        if (!used || used.text.startsWith("./")) return []
        const [, rest = ""] = workflow.lines[used.line - 1].split(used.text)
        const [name, commit = ""] = used.text.split("@")
        return [{ path: workflow.path, line: used.line, name, commit, rest }]
      }),
  )

/** Whether it is one of wallet-world's own workflows, which have no versions: `daggerw update` moves them. */
const ofModule = ({ name }: Use) => name.includes("/wallet-world/.github/workflows/")

/** The commit and version of an action that most uses have. */
function usual(uses: Use[], name: string): string {
  const pins = uses.filter((use) => use.name === name).map(pinOf)
  const count = (pin: string) => pins.filter((other) => other === pin).length
  return [...pins].sort((a, b) => count(b) - count(a))[0]
}

const pinOf = ({ commit, rest }: Use) => `${commit}${rest}`

export const pinRules: Rule[] = [
  {
    name: "pinned actions",
    check: ({ workflows, pinned }: Repository) =>
      usesOf(workflows).flatMap((use) => {
        if (pinned && ofModule(use)) return []
        if (/^[0-9a-f]{40}$/.test(use.commit) && /^ # v\d+\.\d+\.\d+$/.test(use.rest)) return []
        const message = `${use.name}@${use.commit} must be OWNER/NAME@COMMIT # vX.Y.Z, with all 40 digits`
        return [{ ...use, message }]
      }),
  },

  {
    name: "one commit of an action",
    check: ({ workflows, others }) => {
      const everywhere = usesOf([...workflows, ...others])
      return usesOf(workflows)
        .filter((use) => !ofModule(use) && pinOf(use) !== usual(everywhere, use.name))
        .map((use) => ({ ...use, message: `${use.name} is elsewhere @${usual(everywhere, use.name)}` }))
    },
  },

  {
    name: "the commit of wallet-world",
    check: ({ workflows, pinned }) =>
      usesOf(workflows)
        .filter((use) => pinned && ofModule(use) && use.commit !== pinned)
        .map((use) => ({ ...use, message: `wallet-world.env pins ${pinned}: ./daggerw update writes both` })),
  },
]
