// The workflows keep every rule, and a copy that breaks one is reported: file, line, rule.
import { describe, expect, test } from "vitest"
import { repositoryOf, repositoryTexts } from "./repository.js"
import { broken, rules } from "./rules.js"

const texts = repositoryTexts()

test("nothing breaks a rule", () => {
  expect(broken(repositoryOf(texts))).toEqual([])
})

/** An edit that breaks a rule: file, what stands there, what it becomes, and what stands in the line to blame. */
type Edit = [file: string, from: string, to: string, blamed?: string]

const pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
const call = "./daggerw call --aws-credentials='cmd://aws configure export-credentials'"

const edits: Record<string, Edit[]> = {
  triggers: [
    ["pull-request", "  pull_request:\n", "  pull_request_target:\n", "on:"],
    ["drift", "on:\n", "on:\n  workflow_run:\n", "on:"],
  ],
  "permissions of the workflow": [
    ["drift", "permissions: {}", "permissions: read-all"],
    ["drift", "permissions: {}\n", "", "# Fails when"],
  ],
  "permissions of the job": [
    ["nightly", "      contents: read\n    outputs", "      contents: write\n    outputs", "    permissions:"],
    [
      "pull-request",
      "      pull-requests: write",
      "      pull-requests: write\n      issues: write",
      "    permissions:",
    ],
    ["nightly", "    permissions:\n      contents: read\n    outputs", "    outputs", "  list:"],
  ],
  secrets: [
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets.TOKEN_OF_A_BOT"],
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets['TOKEN_OF_A_BOT']"],
    ["deploy", "      action: plan", "      action: plan\n    secrets: inherit", "    secrets: inherit"],
  ],
  "keys of AWS": [
    ["reuse", "          aws-region:", "          aws-access-key-id: x\n          aws-region:", "aws-access-key-id"],
    ["drift", "        run: |\n", "        run: |\n          AWS_SECRET_ACCESS_KEY=abc\n", "AWS_SECRET_ACCESS_KEY"],
    ["drift", "        run: |\n", "        run: |\n          echo AKIAIOSFODNN7EXAMPLE\n", "AKIA"],
  ],
  "pinned actions": [
    ["deploy", `${pinned} # v7.0.1`, "actions/checkout@v7"],
    ["deploy", `${pinned} # v7.0.1`, pinned],
    ["reuse", "      - *harden\n", "      - { uses: other/action@v1 }\n      - *harden\n"],
    ["deploy", "uses: ./.github/workflows/reuse.yml", "uses: OWNER/wallet-world/.github/workflows/reuse.yml@main"],
    ["deploy", `${pinned} # v7.0.1`, `${pinned.slice(0, -1)} # v7.0.1`],
    ["reuse", "      - *harden\n", "      - uses: ./action\n      - uses: other/action@main\n", "other/action"],
  ],
  shell: [
    ["drift", "    shell: bash", "    shell: sh"],
    ["drift", "        run: |", "        shell: sh\n        run: |", "        shell: sh"],
    ["drift", "defaults:\n  run:\n    shell: bash\n", "", "# Fails when"],
  ],
  machine: [
    ["pull-request", "ubuntu-24.04", "ubuntu-latest"],
    ["release", "&& 'ubuntu-24.04-arm'", "&& 'ubuntu-latest'"],
  ],
  timeout: [
    ["pull-request", "    timeout-minutes: 5\n", "", "  comment:"],
    ["pull-request", "    timeout-minutes: 5\n", "    timeout-minutes: 360\n"],
  ],
  "harden-runner": [
    [
      "pull-request",
      "    steps:\n      - *harden\n      - name: Fetch",
      "    steps:\n      - name: Fetch",
      "  comment:",
    ],
  ],
  checkout: [["reuse", "persist-credentials: false", "persist-credentials: true", "        uses: actions/checkout"]],
  role: [
    [
      "reuse",
      "          allowed-account-ids: ${{ inputs.account || vars.AWS_ACCOUNT }}\n",
      "",
      "        id: credentials",
    ],
    [
      "drift",
      "    permissions:\n      contents: read\n    outputs",
      "    permissions:\n      id-token: write\n    outputs",
      "id-token",
    ],
  ],
  "expressions in scripts": [
    ["reuse", 'plan --env "$ENVIRONMENT" |', "plan --env ${{ inputs.environment }} |"],
    ["pull-request", 'build --service "$SERVICE" sync', "build --service ${{ matrix.service }} sync"],
  ],
  "variables in scripts": [
    ["reuse", 'plan --env "$ENVIRONMENT" |', 'plan --env "$ENVIROMENT" |'],
    ["pull-request", "    env:\n      SERVICE: ${{ matrix.service }}\n", "", '--service "$SERVICE"'],
  ],
  functions: [
    ["reuse", `${call} deploy`, `${call} deplyo`],
    ["reuse", "--drift --refuse-changes", "--drift --refuse-change", "./daggerw --silent call"],
    ["pull-request", 'build --service "$SERVICE" sync', 'build "$SERVICE" sync'],
    ["drift", "./daggerw call environments --names", "./daggerw call --region=x environments --names"],
    ["drift", "./daggerw call environments --names", "./daggerw environments --names"],
  ],
  credentials: [
    ["reuse", `${call} deploy`, "./daggerw call deploy"],
    ["drift", "./daggerw call environments", "./daggerw call --aws-credentials=env://KEYS environments"],
  ],
  concurrency: [
    ["reuse", "      cancel-in-progress: false", "      cancel-in-progress: true", "    concurrency:"],
    ["reuse", "      group: deploy-${{ inputs.environment }}", "      group: deploy", "    concurrency:"],
    ["reuse", "    environment: ${{ inputs.environment }}\n", "", "  change:"],
  ],
  "images that are built": [["pull-request", "service: [", "service: [ogmios, "]],
  "a job for the images": [["pull-request", "        service: [", "        image: [", "# Checks a"]],
  "variables of the repository": [
    ["reuse", "vars.AWS_ROLE", "vars.AWS_ROLE || vars.AWS_ROLLE"],
    ["docs/aws.md", "| `AWS_ROLE` |", "| `AWS_ROLE` | |\n| `AWS_SECRET` |", "AWS_SECRET"],
  ],
}

test("every rule has a copy that breaks it", () => {
  expect(Object.keys(edits)).toEqual(rules.map(({ name }) => name))
})

describe.each(Object.entries(edits))("%s", (rule, cases) => {
  test.each(cases)("%s: %j -> %j", (file, from, to, blamed = to) => {
    const path = file.includes("/") ? file : `.github/workflows/${file}.yml`
    const text = texts.get(path) ?? ""
    expect(text, `${path} does not hold: ${from}`).toContain(from)
    const changed = text.replace(from, () => to)
    const found = broken(repositoryOf(new Map([...texts, [path, changed]])))
    // The nearest such line: the same text may stand in other jobs, too.
    const edited = text.slice(0, text.indexOf(from)).split("\n").length
    const lines = changed.split("\n").flatMap((one, index) => (one.includes(blamed.split("\n")[0]) ? [index + 1] : []))
    const [line] = lines.sort((a, b) => Math.abs(a - edited) - Math.abs(b - edited))
    const own = found.filter((one) => one.includes(`: ${rule}: `))
    expect(own, found.join("\n")).toEqual([expect.stringContaining(`${path}:${line}: ${rule}: `)])
  })
})
