// The workflows keep every rule, and a copy that breaks one is reported: file, line, rule.
import { describe, expect, test } from "vitest"
import { repositoriesOf, repositoryTexts } from "./repository.js"
import { broken, rules } from "./rules.js"

const texts = repositoryTexts()

test("nothing breaks a rule", () => {
  expect(broken(repositoriesOf(texts))).toEqual([])
})

/**
 * An edit that breaks a rule: file, what stands there, what it becomes, and what stands in the line to blame, which may be
 * in another file. A workflow with `example:` before its name is one of examples/dappstore.
 */
type Edit = [file: string, from: string, to: string, blamed?: string, blamedFile?: string]

const pinned = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"
const harden = "step-security/harden-runner@b09bb98e06d4d774595224525879c09bc6e98c40"
const commit = /COMMIT=(.*)/.exec(texts.get("examples/dappstore/wallet-world.env") ?? "")?.[1] ?? ""
const call = "./daggerw call --aws-credentials='cmd://aws configure export-credentials'"

const edits: Record<string, Edit[]> = {
  triggers: [
    ["pull-request", "  pull_request:\n", "  pull_request_target:\n", "on:"],
    ["drift", "on:\n", "on:\n  workflow_run:\n", "on:"],
    ["example:pull-request", "  pull_request:\n", "  pull_request_target:\n", "on:"],
  ],
  "permissions of the workflow": [
    ["drift", "permissions: {}", "permissions: read-all"],
    ["drift", "permissions: {}\n", "", "# Fails when"],
    ["example:deploy", "permissions: {}", "permissions: write-all"],
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
    ["example:deploy", "      contents: read\n", "      contents: write\n", "    permissions:"],
    [
      "example:pull-request",
      "      contents: read\n    strategy",
      "      id-token: write\n    strategy",
      "    permissions:",
    ],
  ],
  "earlier pushes": [
    ["pull-request", "  cancel-in-progress: true", "  cancel-in-progress: false", "concurrency:"],
    [
      "example:pull-request",
      "  group: pull-request-${{ github.event.pull_request.number }}",
      "  group: all",
      "concurrency:",
    ],
    ["example:pull-request", "concurrency:\n", "env:\n", "# Tests every service"],
  ],
  secrets: [
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets.TOKEN_OF_A_BOT"],
    ["pull-request", "secrets.GITHUB_TOKEN", "secrets['TOKEN_OF_A_BOT']"],
    ["deploy", "      action: plan", "      action: plan\n    secrets: inherit", "    secrets: inherit"],
    ["example:deploy", "      action: deploy", "      action: deploy\n    secrets: inherit", "    secrets: inherit"],
    ["example:pull-request", "secrets.GITHUB_TOKEN", "secrets.TOKEN_OF_A_BOT"],
  ],
  "keys of AWS": [
    ["reuse", "          aws-region:", "          aws-access-key-id: x\n          aws-region:", "aws-access-key-id"],
    ["drift", "        run: |\n", "        run: |\n          AWS_SECRET_ACCESS_KEY=abc\n", "AWS_SECRET_ACCESS_KEY"],
    ["drift", "        run: |\n", "        run: |\n          echo AKIAIOSFODNN7EXAMPLE\n", "AKIA"],
    ["example:pull-request", "      SERVICE:", "      AWS_ACCESS_KEY_ID: x\n      SERVICE:", "AWS_ACCESS_KEY_ID"],
  ],
  shell: [
    ["drift", "    shell: bash", "    shell: sh"],
    ["drift", "        run: |", "        shell: sh\n        run: |", "        shell: sh"],
    ["drift", "defaults:\n  run:\n    shell: bash\n", "", "# Fails when"],
    ["example:pull-request", "defaults:\n  run:\n    shell: bash\n", "", "# Tests every service"],
    [
      "example:pull-request",
      "      - run: ./daggerw",
      "      - shell: sh\n        run: ./daggerw",
      "      - shell: sh",
    ],
  ],
  machine: [
    ["pull-request", "ubuntu-24.04", "ubuntu-latest"],
    ["example:pull-request", "ubuntu-24.04", "ubuntu-latest"],
    ["release", "&& 'ubuntu-24.04-arm'", "&& 'ubuntu-latest'"],
  ],
  timeout: [
    ["pull-request", "    timeout-minutes: 5\n", "", "  comment:"],
    ["pull-request", "    timeout-minutes: 5\n", "    timeout-minutes: 360\n"],
    ["example:pull-request", "    timeout-minutes: 30\n", "", "  difference:"],
  ],
  "harden-runner": [
    [
      "pull-request",
      "    steps:\n      - *harden\n      - name: Fetch",
      "    steps:\n      - name: Fetch",
      "  comment:",
    ],
    ["example:pull-request", "    steps:\n      - *harden\n      # The", "    steps:\n      # The", "  difference:"],
  ],
  "jobs that may write": [
    ["pull-request", "    if: ${{ github.event", "    if: ${{ always() || github.event"],
    [
      "pull-request",
      "      - name: Fetch the",
      "      - *checkout\n      - name: Fetch the",
      "        uses: actions/checkout",
    ],
    ["example:pull-request", " && github.actor != 'dependabot[bot]' }}", " }}", "    if: "],
    ["example:pull-request", "        run: gh run", "        run: ./daggerw; gh run", "      - name: Fetch the"],
  ],
  checkout: [
    ["reuse", "persist-credentials: false", "persist-credentials: true", "        uses: actions/checkout"],
    ["example:pull-request", "persist-credentials: false", "persist-credentials: true", "uses: actions/checkout"],
  ],
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
    [
      "example:pull-request",
      "      contents: read\n    strategy",
      "      contents: read\n      id-token: write\n    strategy",
      "id-token",
    ],
  ],
  "pinned actions": [
    ["deploy", `${pinned} # v7.0.1`, "actions/checkout@v7"],
    ["deploy", `${pinned} # v7.0.1`, pinned],
    ["reuse", "      - *harden\n", "      - { uses: other/action@v1 }\n      - *harden\n"],
    ["deploy", "uses: ./.github/workflows/reuse.yml", "uses: OWNER/wallet-world/.github/workflows/reuse.yml@main"],
    ["deploy", `${pinned} # v7.0.1`, `${pinned.slice(0, -1)} # v7.0.1`],
    ["reuse", "      - *harden\n", "      - uses: ./action\n      - uses: other/action@main\n", "other/action"],
    ["example:pull-request", `${pinned} # v7.0.1`, "actions/checkout@v7"],
  ],
  "one commit of an action": [
    ["deploy", pinned, pinned.replace("checkout@3", "checkout@4")],
    ["example:pull-request", pinned, pinned.replace("checkout@3", "checkout@4")],
    ["example:pull-request", `${pinned} # v7.0.1`, `${pinned} # v7.0.2`],
    ["example:pull-request", harden, harden.replace("runner@b", "runner@c")],
  ],
  "the commit of wallet-world": [
    ["example:deploy", `reuse.yml@${commit}`, "reuse.yml@main"],
    ["example:deploy", `reuse.yml@${commit}`, `reuse.yml@${commit.replace(/^./, "x")}`],
    ["examples/dappstore/wallet-world.env", commit, commit.replace(/^./, "x"), "reuse.yml@", "example:deploy"],
  ],
  "expressions in scripts": [
    ["reuse", 'plan --env "$ENVIRONMENT" |', "plan --env ${{ inputs.environment }} |"],
    ["pull-request", 'build --service "$SERVICE" sync', "build --service ${{ matrix.service }} sync"],
    ["example:pull-request", '--service "$SERVICE"', "--service ${{ matrix.service }}"],
  ],
  "variables in scripts": [
    ["reuse", 'plan --env "$ENVIRONMENT" |', 'plan --env "$ENVIROMENT" |'],
    ["pull-request", "    env:\n      SERVICE: ${{ matrix.service }}\n", "", '--service "$SERVICE"'],
    ["example:pull-request", "    env:\n      SERVICE: ${{ matrix.service }}\n", "", '--service "$SERVICE"'],
  ],
  functions: [
    ["reuse", `${call} deploy`, `${call} deplyo`],
    ["reuse", "--drift --refuse-changes", "--drift --refuse-change", "./daggerw --silent call"],
    ["pull-request", 'build --service "$SERVICE" sync', 'build "$SERVICE" sync'],
    ["drift", "./daggerw call environments --names", "./daggerw call --region=x environments --names"],
    ["drift", "./daggerw call environments --names", "./daggerw environments --names"],
    ["example:pull-request", "call test --service", "call test --srvice"],
    ["example:pull-request", "call difference --base", "call diff --base"],
  ],
  credentials: [
    ["reuse", `${call} deploy`, "./daggerw call deploy"],
    ["drift", "./daggerw call environments", "./daggerw call --aws-credentials=env://KEYS environments"],
    ["example:pull-request", 'call test --service "$SERVICE"', "call plan --env preview-dev"],
  ],
  concurrency: [
    ["reuse", "      cancel-in-progress: false", "      cancel-in-progress: true", "    concurrency:"],
    ["reuse", "      group: deploy-${{ inputs.environment }}", "      group: deploy", "    concurrency:"],
    ["reuse", "    environment: ${{ inputs.environment }}\n", "", "  change:"],
    ["example:pull-request", 'call test --service "$SERVICE"', "call publish --env preview-dev", "  test:"],
  ],
  "images that are built": [
    ["pull-request", "service: [", "service: [ogmios, "],
    ["example:pull-request", "service: [api, ", "service: ["],
  ],
  "a job for the images": [
    ["pull-request", "        service: [", "        image: [", "# Checks a"],
    ["example:pull-request", "        service: [", "        image: [", "# Tests every"],
  ],
  "variables of the repository": [
    ["reuse", "vars.AWS_ROLE", "vars.AWS_ROLE || vars.AWS_ROLLE"],
    ["docs/aws.md", "| `AWS_ROLE` |", "| `AWS_ROLE` | |\n| `AWS_SECRET` |", "AWS_SECRET"],
    ["examples/dappstore/README.md", "| `AWS_ROLE` |", "| `AWS_ROLE` | |\n| `AWS_SECRET` |", "AWS_SECRET"],
    ["example:deploy", "      action: deploy", "      action: ${{ vars.ACTION }}"],
  ],
}

test("every rule has a copy that breaks it", () => {
  expect(Object.keys(edits)).toEqual(rules.map(({ name }) => name))
})

/** The path of a file, as edits name it. */
function pathOf(file: string): string {
  if (file.includes("/")) return file
  const [, example, name] = /^(example:)?(.*)$/.exec(file) ?? []
  return `${example ? "examples/dappstore/" : ""}.github/workflows/${name}.yml`
}

test("every rule that applies to examples/dappstore has a copy of it that breaks it", () => {
  const ofExample = Object.keys(edits).filter((rule) => edits[rule].some(([file]) => file.includes("example")))
  expect(ofExample).toEqual(rules.map(({ name }) => name))
})

describe.each(Object.entries(edits))("%s", (rule, cases) => {
  test.each(cases)("%s: %j -> %j", (file, from, to, blamed = to, blamedFile = file) => {
    const path = pathOf(file)
    const text = texts.get(path) ?? ""
    expect(text, `${path} does not hold: ${from}`).toContain(from)
    const changed = text.replace(from, () => to)
    const all = new Map([...texts, [path, changed]])
    const found = broken(repositoriesOf(all))
    // The nearest such line: the same text may stand in other jobs, too.
    const edited = text.slice(0, text.indexOf(from)).split("\n").length
    const [wrong, lineByLine] = [pathOf(blamedFile), (all.get(pathOf(blamedFile)) ?? "").split("\n")]
    const lines = lineByLine.flatMap((one, index) => (one.includes(blamed.split("\n")[0]) ? [index + 1] : []))
    const [line] = lines.sort((a, b) => Math.abs(a - edited) - Math.abs(b - edited))
    const own = found
      .filter((one) => one.includes(`: ${rule}: `))
      .map((one) => one.slice(0, one.indexOf(`: ${rule}: `)))
    // What both repositories use can be wrong for each.
    expect([...new Set(own)], found.join("\n")).toEqual([`${wrong}:${line}`])
  })
})
