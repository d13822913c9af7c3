// The rules for what workflows and other files say both.
import { parse } from "yaml"
import type { Workflow } from "./repository.js"
import { ofWorkflows, type Rule, texts, unless } from "./rule.js"

/** The actions and workflows of other repositories: name, what stands behind the @, and behind that. */
const foreign = ({ text }: Workflow): { name: string; pin: string }[] =>
  [...text.matchAll(/\buses: *([^\s@]+)@([^\n}]*)/g)].map(([, name, pin]) => ({ name, pin }))

/** Whether it is one of wallet-world's own workflows, which have no versions: `daggerw update` moves them. */
const ofModule = (name: string) => name.includes("/wallet-world/.github/workflows/")

const without = (some: string[], others: string[], message: string): string[] =>
  [...new Set(some)].filter((one) => !others.includes(one)).map((one) => `${one} ${message}`)

export const agreementRules: Record<string, Rule> = {
  versions: (repository) => {
    const all = [...repository.workflows, ...repository.others].flatMap(foreign)
    return ofWorkflows((workflow, { pinned }) =>
      foreign(workflow).flatMap(({ name, pin }) =>
        pinned && ofModule(name)
          ? unless(pin === pinned, `${name} must be at ${pinned}, as in wallet-world.env: ./daggerw update writes both`)
          : [
              ...unless(/^[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(pin), `${name}@${pin} must be @COMMIT # vX.Y.Z`),
              ...unless(
                all.every((other) => other.name !== name || other.pin === pin),
                `${name} has another commit or version elsewhere than ${pin}`,
              ),
            ],
      ),
    )(repository)
  },

  "images that are built": (repository) => {
    const images = Object.entries<object>(parse(repository.text("environments/images.yaml")))
    const built = images.flatMap(([name, image]) => ("build" in image ? [name] : [])).sort()
    const matrices = repository.jobs.flatMap(({ name, definition }) =>
      name.startsWith("pull-request/") && definition.strategy?.matrix?.service
        ? [definition.strategy.matrix.service]
        : [],
    )
    return unless(
      matrices.length > 0 && matrices.every((services) => [...services].sort().join() === built.join()),
      `pull-request must have a matrix named service of what environments/images.yaml builds: ${built.join(", ")}`,
    )
  },

  "variables of the repository": ({ workflows, others, text, documentation }) => {
    // The workflows of wallet-world that another repository calls read that one's variables.
    const called = others.filter(({ path }) => workflows.some((one) => one.text.includes(`/wallet-world/${path}@`)))
    const used = [...workflows, ...called].flatMap((one) => texts(one.text, /\bvars\.(\w+)/g))
    const documented = texts(text(documentation), /^\| `(AWS_\w+)` \|/gm)
    return [
      ...without(used, documented, `has no row in the table of ${documentation}`),
      ...without(documented, used, `is in the table of ${documentation}, and used by no workflow`),
    ]
  },
}
