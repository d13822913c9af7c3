// The workflows keep every rule of ours, and a copy that breaks one is reported.
import { statSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { repositoriesOf, repositoryTexts, root } from "./repository.js"
import { broken, rules } from "./rules.js"

const texts = repositoryTexts()

test("nothing breaks a rule", () => {
  expect(broken(repositoriesOf(texts))).toEqual([])
})

/**
 * An edit that breaks a rule: file, what stands there, what it becomes, and a part of what is found; the file's path, if it
 * is not given. A workflow with `example:` before its name is one of examples/dappstore.
 */
type Edit = [file: string, from: string, to: string, found?: string]

const pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
const commit = /COMMIT=(.*)/.exec(texts.get("examples/dappstore/wallet-world.env") ?? "")?.[1] ?? ""
const credentials = " --aws-credentials='cmd://aws configure export-credentials'\n          deploy"
const listJob = "    permissions:\n      contents: read\n    outputs"

const edits: Record<string, Edit[]> = {
  "permissions of the workflow": [["drift", "permissions: {}", "permissions: { contents: read }"]],
  "permissions of the job": [
    ["nightly", listJob, listJob.replace("read", "write"), "list: must have exactly"],
    ["pull-request", "      pull-requests: write", "      issues: write\n      pull-requests: write", "comment: "],
    ["nightly", listJob, "    outputs", "list: "],
  ],
  "earlier pushes": [["pull-request", "  cancel-in-progress: true", "  cancel-in-progress: false"]],
  secrets: [
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets.TOKEN_OF_A_BOT", "needs no secret"],
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets['TOKEN_OF_A_BOT']", "needs no secret"],
    ["reuse", "          aws-region:", "          aws-access-key-id: x\n          aws-region:", "keys of AWS"],
    ["drift", "        run: .g", "        run: AWS_SECRET_ACCESS_KEY=abc .g", "keys of AWS"],
    [".github/scripts/output.sh", "set -euo pipefail\n", "echo AKIAIOSFODNN7EXAMPLE\n", "keys of AWS"],
  ],
  shell: [
    ["drift", "    shell: bash", "    shell: sh", "list: defaults.run.shell"],
    ["drift", "        run: ", "        shell: sh\n        run: ", "list: no step"],
    ["drift", "defaults:\n  run:\n    shell: bash\n", "", "list: defaults.run.shell"],
  ],
  machine: [
    ["pull-request", "ubuntu-24.04", "ubuntu-latest", "checks: "],
    ["release", "&& 'ubuntu-24.04-arm'", "&& 'ubuntu-latest'", "publish: "],
  ],
  timeout: [
    ["pull-request", "    timeout-minutes: 5\n", "", "comment: "],
    ["pull-request", "    timeout-minutes: 5\n", "    timeout-minutes: 360\n", "comment: "],
  ],
  "harden-runner": [["pull-request", "      - *harden\n      - name: Fetch", "      - name: Fetch", "comment: "]],
  "jobs that may write": [
    ["pull-request", "    if: ${{ github.event", "    if: ${{ always() || github.event", "forks get none"],
    ["pull-request", "      - name: Fetch the", "      - *checkout\n      - name: Fetch the", "run nothing"],
    ["pull-request", "        run: gh run", "        run: .github/scripts/x; gh run", "run nothing"],
  ],
  role: [
    ["reuse", "          allowed-account-ids: ${{ inputs.account || vars.AWS_ACCOUNT }}\n", "", "allowed-account-ids"],
    ["reuse", "          role-to-assume: ${{ env.ROLE }}\n", "", "role-to-assume"],
    ["reuse", "          aws-region: ${{ inputs.region || vars.AWS_REGION }}\n", "", "aws-region"],
    ["drift", listJob, listJob.replace("contents: read", "id-token: write"), "list: assumes no role"],
  ],
  scripts: [
    ["drift", "scripts/output.sh", "scripts/outputs.sh", "there is no .github/scripts/outputs.sh"],
    ["nightly", "run: .github", "run: |\n          date\n          .github", "several lines"],
  ],
  "variables in scripts": [
    [".github/scripts/output.sh", "$GITHUB_OUTPUT", "$GITHUB_OUTPUTS", "list: nothing sets $GITHUB_OUTPUTS"],
    ["reuse", 'plan --env "$ENVIRONMENT" |', 'plan --env "$ENVIROMENT" |', "plan: nothing sets $ENVIROMENT"],
    ["pull-request", "    env:\n      SERVICE: ${{ matrix.service }}\n", "", "build: nothing sets $SERVICE"],
  ],
  functions: [
    ["reuse", credentials, credentials.replace("deploy", "deplyo"), "no function deplyo"],
    [".github/scripts/publish-program.sh", "--name", "--nome", "publish-program has no option --nome"],
    ["reuse", "--drift --refuse-changes", "--drift --refuse-change", "no option --refuse-change"],
    ["pull-request", 'build --service "$SERVICE" sync', 'build "$SERVICE" sync', "build needs --service"],
    ["drift", "call environments", "call --region=x environments", "the module has no option --region"],
    ["drift", "call environments", "environments", "(none is named)"],
  ],
  credentials: [
    ["reuse", credentials, " deploy", "deploy without --aws-credentials"],
    ["drift", "call environments", "call --aws-credentials=env://KEYS environments", "works on no target"],
  ],
  "one change at a time": [
    ["reuse", "      cancel-in-progress: false", "      cancel-in-progress: true", "change: changes something"],
    ["reuse", "      group: deploy-${{ inputs.environment }}", "      group: deploy", "it needs concurrency"],
    ["reuse", "    environment: ${{ inputs.environment }}\n", "", "change: changes something: it needs the GitHub"],
  ],
  versions: [
    ["deploy", `${pinned} # v7.0.1`, pinned, "must be @COMMIT"],
    ["deploy", `${pinned} # v7.0.1`, `${pinned.slice(0, -1)} # v7.0.1`, "must be @COMMIT"],
    ["reuse", "      - *harden\n", "      - { uses: other/action@v1 }\n      - *harden\n", "other/action@v1"],
    ["deploy", pinned, pinned.replace("checkout@3", "checkout@4"), "has another commit"],
    ["example:deploy", `reuse.yml@${commit}`, "reuse.yml@main", `must be at ${commit}`],
    ["example:deploy", `reuse.yml@${commit}`, `reuse.yml@${commit.replace(/^./, "x")}`, `must be at ${commit}`],
    ["examples/dappstore/wallet-world.env", commit, commit.replace(/^./, "x"), "must be at x"],
  ],
  "images that are built": [
    ["pull-request", "service: [", "service: [ogmios, ", "dapp-store-api"],
    ["pull-request", "        service: [", "        image: [", "dapp-store-api"],
  ],
  "variables of the repository": [
    ["reuse", "vars.AWS_ROLE", "vars.AWS_ROLE || vars.AWS_ROLLE", "AWS_ROLLE has no row in the table of docs/aws.md"],
    ["docs/aws.md", "| `AWS_ROLE` |", "| `AWS_ROLE` | |\n| `AWS_SECRET` |", "AWS_SECRET is in the table"],
    ["examples/dappstore/README.md", "| `AWS_ROLE` |", "| `AWS_ROLE` | |\n| `AWS_SECRET` |", "AWS_SECRET is in"],
    ["example:deploy", "      action: deploy", "      action: ${{ vars.ACTION }}", "ACTION has no row"],
  ],
}

test("every script of .github/scripts can be run, and is", () => {
  const scripts = [...texts.keys()].filter((path) => path.startsWith(".github/scripts/"))
  expect(scripts.length).toBeGreaterThan(0)
  const workflows = repositoriesOf(texts).flatMap((repository) => repository.workflows.map(({ text }) => text))
  for (const path of scripts) {
    expect(statSync(join(root, path)).mode & 0o111, path).toBe(0o111)
    expect(workflows.join(), `no workflow runs ${path}`).toContain(path)
  }
})

test("every rule has a copy that breaks it", () => {
  expect(Object.keys(edits)).toEqual(Object.keys(rules))
})

test("every rule looks at the example, too", () => {
  const path = "examples/dappstore/.github/workflows/pull-request.yml"
  const wrong = [
    ["permissions: {}", "permissions: read-all"],
    ["concurrency:\n", "env:\n"],
    ["    shell: bash", "    shell: sh"],
    ["ubuntu-24.04", "ubuntu-latest"],
    ["    timeout-minutes: 60\n", ""],
    ["read\n    strategy", "read\n      id-token: write\n    strategy"],
    ["service: [api, ", "service: ["],
    [pinned, pinned.replace("checkout@3", "checkout@4")],
    [
      'run: ./daggerw call test --service "$SERVICE"',
      'run: |\n          date\n          ./daggerw call publish "$SERVIC"',
    ],
    ["      - *harden\n      # The", "      # The"],
    [" && github.actor != 'dependabot[bot]' }}", " }}"],
    ["${{ secrets.GITHUB_TOKEN }}", "${{ secrets[vars.ACTION] }}"],
  ].reduce((text, [from, to]) => {
    expect(text).toContain(from)
    return text.replace(from, () => to)
  }, texts.get(path) ?? "")
  const [, example] = repositoriesOf(new Map([...texts, [path, wrong]]))
  const found = broken([example]).map((one) => one.slice(0, one.indexOf(": ")))
  expect([...new Set(found)]).toEqual(Object.keys(rules))
})

/** The path of a file, as edits name it. */
function pathOf(file: string): string {
  if (file.includes("/")) return file
  const [, example, name] = /^(example:)?(.*)$/.exec(file) ?? []
  return `${example ? "examples/dappstore/" : ""}.github/workflows/${name}.yml`
}

describe.each(Object.entries(edits))("%s", (rule, cases) => {
  test.each(cases)("%s: %j -> %j", (file, from, to, part = pathOf(file)) => {
    const path = pathOf(file)
    const text = texts.get(path) ?? ""
    expect(text, `${path} does not hold: ${from}`).toContain(from)
    const found = broken(repositoriesOf(new Map([...texts, [path, text.replace(from, () => to)]])))
    const own = found.filter((one) => one.startsWith(`${rule}: `))
    expect(own.join("\n"), found.join("\n")).toContain(part)
  })
})
