// The linters find nothing in the workflows and the shell scripts, and find what rules of our own need not look for.
import { execFileSync } from "node:child_process"
import { cpSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { beforeEach, describe, expect, test } from "vitest"
import { command, root } from "../module/world.js"
import { temporary, write } from "./commands.js"

const own = ".github/workflows"
const example = `examples/dappstore/${own}`

const lint = (cwd: string, ...args: string[]) => command(join(root, "test/toolchain/lint/run"), args, { cwd })

const text = (path: string) => readFileSync(join(root, path), "utf8")
const hasShell = (path: string) => /^#!.*\b(ba)?sh\b/.test(text(path).slice(0, 80))
const usesOthers = (path: string) => !hasShell(path) || /^\s*(for .* do )?\. /m.test(text(path))

/** The shell scripts of a part of the repository, and the libraries that they source. */
const scripts = (part: string): string[] =>
  execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", part], { cwd: root })
    .toString()
    .split("\0")
    .filter((path) => path && statSync(join(root, path), { throwIfNoEntry: false })?.isFile())
    .filter((path) => path.endsWith(".sh") || hasShell(path))

test("nothing is found in the workflows", async () => {
  const { code, stdout, stderr } = await lint(root, "workflows", own, example)
  expect(code, `${stdout}${stderr}`).toBe(0)
})

test.each([
  ["scripts", [], scripts(":!toolchain").filter((path) => !usesOthers(path))],
  // They use variables of each other, and a library has no line that names its shell.
  ["libraries", ["--shell=bash", "--exclude=SC2034,SC2154"], scripts(":!toolchain").filter(usesOthers)],
  // What is changed there is built again on every machine, the engine included: so only errors count.
  ["the toolchain", ["--shell=bash", "--severity=error"], scripts("toolchain")],
])("nothing is found in %s", async (_, options, files) => {
  expect(files.length).toBeGreaterThan(3)
  const { code, stdout, stderr } = await lint(root, "scripts", ...options, ...files)
  expect(code, `${stdout}${stderr}`).toBe(0)
})

describe("in a copy of the workflows", () => {
  let copy: string

  beforeEach(() => {
    copy = temporary()
    execFileSync("git", ["init", "--quiet", copy])
    for (const path of [own, example]) cpSync(join(root, path), join(copy, path), { recursive: true })
  })

  const checkout = "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1"

  test.each([
    ["dangerous-triggers", own, "pull-request", "  pull_request:\n", "  pull_request_target:\n"],
    ["dangerous-triggers", own, "drift", "on:\n", "on:\n  workflow_run:\n    workflows: [nightly]\n"],
    ["excessive-permissions", own, "drift", "permissions: {}", "permissions: read-all"],
    ["excessive-permissions", own, "drift", "permissions: {}\n", ""],
    ["secrets-inherit", own, "deploy", "      action: plan", "      action: plan\n    secrets: inherit"],
    ["artipacked", own, "reuse", "persist-credentials: false", "persist-credentials: true"],
    ["artipacked", own, "drift", "          persist-credentials: false\n", "          fetch-depth: 1\n"],
    ["unpinned-uses", own, "deploy", `${checkout} # v7.0.1`, "actions/checkout@v7"],
    ["unpinned-uses", own, "deploy", checkout, checkout.slice(0, -1)],
    [
      "unpinned-uses",
      own,
      "deploy",
      ": ./.github/workflows/reuse.yml",
      ": OWNER/wallet-world/.github/workflows/reuse.yml@main",
    ],
    ["unpinned-uses", own, "reuse", "      - *harden\n", "      - { uses: other/action@v1 }\n      - *harden\n"],
    ["unpinned-uses", example, "pull-request", `${checkout} # v7.0.1`, "actions/checkout@v7"],
    ["template-injection", own, "reuse", '--env "$ENVIRONMENT"', "--env ${{ inputs.environment }}"],
    ["template-injection", own, "pull-request", '--service "$SERVICE"', "--service ${{ matrix.service }}"],
    ["undocumented-permissions", own, "drift", " # AWS gives the role for it", ""],
    ['input "acton" is not defined', own, "drift", "      action: drift", "      action: drift\n      acton: plan"],
    ['input "environment" is required', own, "drift", "      environment: ${{ matrix.environment }}\n", ""],
    ['unknown Webhook event "pusch"', own, "deploy", "  push:\n", "  pusch:\n"],
    ['property "service" is not defined', own, "pull-request", "        service: [", "        image: ["],
    ["SC2086", example, "pull-request", '--service "$SERVICE"', "--service $SERVICE"],
  ])("%s is found: %s/%s: %j -> %j", async (found, directory, name, from, to) => {
    const path = join(copy, directory, `${name}.yml`)
    const before = readFileSync(path, "utf8")
    expect(before).toContain(from)
    writeFileSync(
      path,
      before.replace(from, () => to),
    )
    const { code, stdout } = await lint(copy, "workflows", directory)
    expect(stdout).toContain(found)
    expect(code).not.toBe(0)
  })

  test("SC2154 is found in a script: a variable that nothing sets", async () => {
    write(join(copy, "script.sh"), '#!/bin/bash\necho "$tier"\n')
    const { code, stdout } = await lint(copy, "scripts", "script.sh")
    expect(stdout).toContain("SC2154")
    expect(code).not.toBe(0)
  })
})
