// The rules for workflows as such: who starts them, what they may do, where and how long they run.
import type { Place } from "./place.js"
import { jobsOf } from "./repository.js"
import { ofJobs, ofLines, ofWorkflows, type Rule, same } from "./rule.js"

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

const uses = (action: string) => (step: Place) => step.at("uses")?.text.startsWith(`${action}@`) ?? false

/** The names of what starts a workflow, however they are written. */
function events(on: Place | undefined): string[] {
  const value = on?.value
  if (typeof value === "string") return [value]
  return Array.isArray(value) ? value.map(String) : Object.keys(value ?? {})
}

export const workflowRules: Rule[] = [
  ofWorkflows("triggers", ({ content }) =>
    events(content.at("on"))
      .filter((event) => event === "pull_request_target" || event === "workflow_run")
      .map((event) => ({ line: content.at("on")?.line ?? 1, message: `${event} gives rights to what forks send` })),
  ),

  ofWorkflows("permissions of the workflow", ({ content }) => {
    const given = content.at("permissions")
    return same(given?.value, {})
      ? []
      : [{ line: given?.line ?? 1, message: "must be {}: each job says what it needs" }]
  }),

  ofJobs("permissions of the job", ({ workflow, name, place }) => {
    const wanted = permitted[`${workflow.name}/${name}`] ?? { contents: "read" }
    const given = place.at("permissions")
    if (same(given?.value, wanted)) return []
    return [{ line: (given ?? place).line, message: `${name} must have exactly ${JSON.stringify(wanted)}` }]
  }),

  ofWorkflows("earlier pushes", ({ content }) => {
    if (!events(content.at("on")).includes("pull_request")) return []
    const group = content.at("concurrency")
    const wanted = { group: "pull-request-${{ github.event.pull_request.number }}", "cancel-in-progress": true }
    if (same(group?.value, wanted)) return []
    return [
      { line: group?.line ?? 1, message: `a new push must end the runs of earlier ones: ${JSON.stringify(wanted)}` },
    ]
  }),

  ofLines("secrets", (text) =>
    /\bsecrets(\.(?!GITHUB_TOKEN\b)|\[|:)/.test(text)
      ? "none is needed but GITHUB_TOKEN: AWS trusts what GitHub says about the job"
      : undefined,
  ),

  ofLines("keys of AWS", (text) =>
    /aws[-_](access[-_]key[-_]id|secret[-_]access[-_]key|session[-_]token)|\b(AKIA|ASIA)[A-Z0-9]{16}\b/i.test(text)
      ? "must not be here: a role is assumed"
      : undefined,
  ),

  ofWorkflows("shell", (workflow) => {
    // A workflow that only calls others runs nothing.
    if (jobsOf(workflow).every(({ steps }) => steps.length === 0)) return []
    const shell = workflow.content.at("defaults", "run", "shell")
    const others = jobsOf(workflow).flatMap(({ steps }) => steps.flatMap((step) => step.at("shell") ?? []))
    return [...(shell?.value === "bash" ? [] : [shell ?? workflow.content]), ...others].map(({ line }) => ({
      line,
      message: "defaults.run.shell must be bash, and no other one: GitHub's own default goes on when a pipe fails",
    }))
  }),

  ofJobs("machine", ({ name, place, steps }) => {
    const given = place.at("runs-on")
    // In an expression each machine stands in quotes; what it is chosen by has a slash.
    const quoted = given?.text.startsWith("${{") ? (given.text.match(/'[^']*'/g) ?? []) : [`'${given?.text}'`]
    const machines = quoted.filter((text) => !text.includes("/"))
    if (steps.length === 0 || machines.every((one) => /^'ubuntu-24\.04(-arm)?'$/.test(one))) return []
    return [
      { line: (given ?? place).line, message: `${name} must run on ubuntu-24.04: a name without a version moves` },
    ]
  }),

  ofJobs("timeout", ({ name, place, steps }) => {
    const given = place.at("timeout-minutes")
    if (steps.length === 0 || (Number(given?.value) > 0 && Number(given?.value) <= 120)) return []
    return [{ line: (given ?? place).line, message: `${name} must have timeout-minutes, 120 at most` }]
  }),

  ofJobs("harden-runner", ({ name, place, steps }) =>
    steps.length === 0 || uses("step-security/harden-runner")(steps[0])
      ? []
      : [{ line: place.line, message: `${name} must begin with it, or it does not see what came before` }],
  ),

  ofJobs("jobs that may write", ({ workflow, name, place, steps }) => {
    const rights = Object.entries(place.at("permissions")?.value ?? {})
    const writes = rights.some(([of, right]) => right === "write" && of !== "id-token")
    if (!writes || !events(workflow.content.at("on")).includes("pull_request")) return []
    const condition = place.at("if")
    const foreign = steps.filter(
      (step) => uses("actions/checkout")(step) || /\.\/|\bnpm\b/.test(step.at("run")?.text ?? ""),
    )
    return [
      ...(condition?.value === ownAuthors
        ? []
        : [{ line: (condition ?? place).line, what: `forks get none of it: if: ${ownAuthors}` }]),
      ...foreign.map(({ line }) => ({ line, what: "it must run nothing of the pull request" })),
    ].map(({ line, what }) => ({ line, message: `${name} may write, so ${what}` }))
  }),

  ofJobs("checkout", ({ steps }) =>
    steps
      .filter((step) => uses("actions/checkout")(step) && step.at("with", "persist-credentials")?.value !== false)
      .map(({ line }) => ({ line, message: "needs persist-credentials: false, or every later step has the token" })),
  ),

  ofJobs("role", ({ name, place, steps }) => {
    const assuming = steps.filter(uses("aws-actions/configure-aws-credentials"))
    const trusted = place.at("permissions", "id-token")
    const missing = assuming.flatMap((step) =>
      ["role-to-assume", "aws-region", "allowed-account-ids"]
        .filter((input) => !step.at("with", input)?.text)
        .map((input) => ({ line: step.line, message: `the step must say ${input}` })),
    )
    if (steps.length === 0 || !trusted || assuming.length > 0 || steps.some(uses("actions/attest"))) return missing
    return [{ line: trusted.line, message: `${name} assumes no role and attests nothing: it needs no id-token` }]
  }),
]
