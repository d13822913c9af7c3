// The rules for workflows as such: what jobs may do, where and how long they run.
import type { Workflow } from "./repository.js"
import { checksOut, ofJobs, ofWorkflows, type Rule, same, texts, unless, uses } from "./rule.js"

/** Jobs that may do more than read the repository. */
const permitted: Record<string, Record<string, string>> = {
  "pull-request/comment": { actions: "read", "pull-requests": "write" },
  "release/publish": { attestations: "write", contents: "read", "id-token": "write", packages: "write" },
  "release/pin": { contents: "read", packages: "read" },
  ...Object.fromEntries(
    ["deploy/plan", "deploy/deploy", "nightly/deploy", "drift/drift", "reuse/plan", "reuse/change"].map((job) => [
      job,
      { contents: "read", "id-token": "write" },
    ]),
  ),
}

/** The condition of what only a branch of the repository itself gets, pushed by somebody. */
const ownAuthors =
  "${{ github.event.pull_request.head.repo.full_name == github.repository && github.actor != 'dependabot[bot]' }}"

/** A new push ends the runs of earlier ones. */
const onePerPullRequest = {
  group: "pull-request-${{ github.event.pull_request.number }}",
  "cancel-in-progress": true,
}

const assumesRole = uses("aws-actions/configure-aws-credentials")

const startsOn = ({ content: { on } }: Workflow, event: string): boolean =>
  typeof on === "string" ? on === event : Array.isArray(on) ? on.includes(event) : event in on

export const workflowRules: Record<string, Rule> = {
  "permissions of the workflow": ofWorkflows(({ content }) =>
    unless(same(content.permissions, {}), "must have permissions: {}, so that each job says what it needs"),
  ),

  "permissions of the job": ofJobs(({ name, definition }) => {
    const wanted = permitted[name] ?? { contents: "read" }
    return unless(same(definition.permissions, wanted), `must have exactly ${JSON.stringify(wanted)}`)
  }),

  "earlier pushes": ofWorkflows((workflow) =>
    unless(
      !startsOn(workflow, "pull_request") || same(workflow.content.concurrency, onePerPullRequest),
      `a new push must end the runs of earlier ones: ${JSON.stringify(onePerPullRequest)}`,
    ),
  ),

  secrets: ofWorkflows((workflow, { text }) => {
    const scripts = texts(workflow.text, /(\.github\/scripts\/[\w.-]+)/g).map(text)
    const plain = [workflow.text, ...scripts].join("\n").replaceAll(/(^|\s)#.*$/gm, "")
    return [
      ...unless(
        !/\bsecrets(\.(?!GITHUB_TOKEN\b)|\[|:)/.test(plain),
        "needs no secret but GITHUB_TOKEN: AWS trusts what GitHub says about the job",
      ),
      ...unless(
        !/aws[-_](access[-_]key[-_]id|secret[-_]access[-_]key|session[-_]token)|\b(AKIA|ASIA)[A-Z0-9]{16}\b/i.test(
          plain,
        ),
        "must not hold keys of AWS: a role is assumed",
      ),
    ]
  }),

  shell: ofJobs(({ workflow, steps }) => [
    ...unless(
      steps.length === 0 || workflow.content.defaults?.run?.shell === "bash",
      "defaults.run.shell must be bash: GitHub's own default goes on when a pipe fails",
    ),
    ...unless(!steps.some(({ shell }) => shell), "no step may have another shell"),
  ]),

  machine: ofJobs(({ steps, definition: { "runs-on": given = "" } }) => {
    // In an expression each machine stands in quotes; what it is chosen by has a slash.
    const quoted = given.startsWith("${{") ? texts(given, /'([^']*)'/g) : [given]
    const machines = quoted.filter((text) => !text.includes("/"))
    return unless(
      steps.length === 0 || machines.every((one) => /^ubuntu-24\.04(-arm)?$/.test(one)),
      "must run on ubuntu-24.04: a name without a version moves",
    )
  }),

  timeout: ofJobs(({ steps, definition: { "timeout-minutes": minutes = 0 } }) =>
    unless(steps.length === 0 || (minutes > 0 && minutes <= 120), "must have timeout-minutes, 120 at most"),
  ),

  "harden-runner": ofJobs(({ steps: [first] }) =>
    unless(
      !first || uses("step-security/harden-runner")(first),
      "must begin with harden-runner, or that does not see what came before",
    ),
  ),

  "jobs that may write": ofJobs(({ workflow, definition, steps }) => {
    const rights = Object.entries(definition.permissions ?? {})
    const writes = rights.some(([of, right]) => right === "write" && of !== "id-token")
    if (!writes || !startsOn(workflow, "pull_request")) return []
    return [
      ...unless(definition.if === ownAuthors, `may write, so forks get none of it: if: ${ownAuthors}`),
      ...unless(
        !steps.some((step) => checksOut(step) || /\.\/|\.github\/|\bnpm\b/.test(step.run ?? "")),
        "may write, so it must run nothing of the pull request",
      ),
    ]
  }),

  role: ofJobs(({ definition, steps }) => [
    ...steps
      .filter(assumesRole)
      .flatMap((step) =>
        ["role-to-assume", "aws-region", "allowed-account-ids"]
          .filter((input) => !step.with?.[input])
          .map((input) => `the step that assumes a role must say ${input}`),
      ),
    ...unless(
      steps.length === 0 ||
        !definition.permissions?.["id-token"] ||
        steps.some((step) => assumesRole(step) || uses("actions/attest")(step)),
      "assumes no role and attests nothing: it needs no id-token",
    ),
  ]),
}
