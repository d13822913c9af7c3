// The jobs of GitHub's workflows, their scripts run as they stand in clones of the checkout, against the kept sandbox.
import { execFileSync } from "node:child_process"
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { homedir, tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parse } from "yaml"
import { Caller } from "./caller.js"
import { account, region } from "./cluster.js"
import { programs } from "./programs.js"
import { type Outcome, type Run, runJob } from "./runner.js"
import { command, root, sandboxPort, shareSandbox, tool } from "./world.js"

const directory = mkdtempSync(join(tmpdir(), "wallet-world-workflows-"))
const repository = join(directory, "repository")
const artifacts = join(directory, "artifacts")
const role = `arn:aws:iam::${account}:role/deployer`

let port: number
let bin: string

const git = (at: string, ...args: string[]) =>
  execFileSync("git", ["-C", at, "-c", "user.name=t", "-c", "user.email=t@localhost", ...args], { encoding: "utf8" })

const commit = (at: string) => {
  git(at, "add", "--all")
  git(at, "commit", "--quiet", "--message", "As it is")
}

beforeAll(async () => {
  port = sandboxPort()
  mkdirSync(artifacts)
  bin = await programs(directory, artifacts)
  // With what is not committed yet: that is what is tested.
  git(root, "init", "--quiet", "--initial-branch=main", repository)
  const files = git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
  for (const path of files.filter((name) => name && existsSync(join(root, name)))) {
    mkdirSync(dirname(join(repository, path)), { recursive: true })
    cpSync(join(root, path), join(repository, path))
  }
  commit(repository)
})
afterAll(() => {
  for (const path of [directory, bin]) rmSync(path, { recursive: true, force: true })
})

/** A run of a workflow of this repository, with artifacts of its own. */
function start(github: object): Run {
  rmSync(artifacts, { recursive: true })
  mkdirSync(artifacts)
  const vars = { AWS_ACCOUNT: account, AWS_REGION: region, AWS_ROLE: role, AWS_PLAN_ROLE: role }
  return { repository, artifacts, programs: bin, port, vars, github: { repository: "OWNER/wallet-world", ...github } }
}

/** Runs a job that must succeed. */
async function success(...args: Parameters<typeof runJob>): Promise<Outcome> {
  const ended = await runJob(...args)
  const failed = ended?.scripts.find(({ code }) => code !== 0)
  expect(ended?.outcome, `${failed?.stdout}\n${failed?.stderr.slice(-10_000)}`).toBe("success")
  return ended as Outcome
}

const listed = async (run: Run, workflow: string): Promise<string[]> =>
  JSON.parse((await success(run, workflow, "list")).outputs.environments)

const on = (environment: string) => ({
  matrix: { environment },
  needs: { list: { outputs: { environments: JSON.stringify([environment]) } } },
})

const artifact = (name: string, file: string) => readFileSync(join(artifacts, name, file), "utf8")

test("actionlint finds nothing", async () => {
  // No other linters: whether they are there depends on the machine.
  const { stdout, code } = await command(await tool("actionlint"), ["-shellcheck=", "-pyflakes=", "-no-color"])
  expect(stdout).toBe("")
  expect(code).toBe(0)
})

test("actionlint finds what is wrong", async () => {
  const caller = new Caller({ ".github/workflows/wrong.yml": "on: pusch\njobs: {}\n" })
  const { stdout, code } = await command(await tool("actionlint"), ["-shellcheck=", "-pyflakes="], { cwd: caller.path })
  caller.remove()
  expect(stdout).toContain('unknown Webhook event "pusch"')
  expect(code).toBe(1)
})

describe("pull-request", () => {
  const author = (fork: string) => ({
    ...{ actor: "somebody", event_name: "pull_request" },
    event: { pull_request: { number: 7, head: { repo: { full_name: fork } } } },
  })
  const { jobs } = parse(readFileSync(join(root, ".github/workflows/pull-request.yml"), "utf8"))
  const run = () => start(author("OWNER/wallet-world"))

  beforeAll(() => {
    const file = join(repository, "environments/preview-dev.yaml")
    git(repository, "checkout", "--quiet", "-b", "pull-request")
    const text = readFileSync(file, "utf8")
    execFileSync("tee", [file], {
      input: `${text}releases:\n  dapp-store:\n    timeout: 601\n`,
      stdio: ["pipe", "ignore", "inherit"],
    })
    commit(repository)
  })
  afterAll(() => git(repository, "checkout", "--quiet", "main"))

  test("checks is what this test is a part of", () => {
    expect(jobs.checks.steps.flatMap((step: { run?: string }) => step.run ?? [])).toEqual(["npm cit"])
  })

  test.each<string>(jobs.build.strategy.matrix.service)("build %s", async (service) => {
    await success(run(), "pull-request", "build", { matrix: { service } })
  })

  test("difference and comment name the environment that is touched, and no other", async () => {
    const begun = run()
    const { summary } = await success(begun, "pull-request", "difference")
    expect(summary).toContain("<b>preview-dev</b>")
    expect(summary).toMatch(/^\+.*601/m)
    expect(summary).not.toContain("<b>preview-nightly</b>")
    expect(artifact("difference", "difference.md")).toBe(summary)

    await success(begun, "pull-request", "comment")
    expect(readFileSync(join(directory, "gh"), "utf8")).toContain(
      "pr comment 7 --edit-last --create-if-none --body-file ",
    )
    const comment = readFileSync(join(directory, "comment"), "utf8")
    expect(comment).toContain("[The run](https://github.com/OWNER/wallet-world/actions/runs/1)")
    expect(comment).toContain(summary)
  })

  test("a fork's pull request gets no comment, because its token may not write", async () => {
    expect(await runJob(start(author("SOMEBODY/wallet-world")), "pull-request", "comment")).toBeUndefined()
  })
})

describe("nightly", () => {
  const run = () => start({ event_name: "schedule", ref_type: "branch" })

  test("lists the nightly environments", async () => {
    expect(await listed(run(), "nightly")).toEqual(["preprod-nightly", "preview-nightly"])
  })

  test("deploys one, and keeps report and lock", async () => {
    const { summary } = await success(run(), "nightly", "deploy", on("preview-nightly"))
    expect(summary).toMatch(/^### deploy preview-nightly\n\n {4}\S/)
    expect(summary).toMatch(/ {4}.*finished; lock sha256:/)
    expect(artifact("deploy-preview-nightly", "result.txt")).toContain("release:dapp-store")
    expect(JSON.parse(artifact("lock-preview-nightly", "lock.json"))).toHaveProperty("images")
  })
})

describe("drift", () => {
  const run = () => start({ event_name: "schedule", ref_type: "branch" })

  test("lists all environments, each after those that it needs", async () => {
    const names = await listed(run(), "drift")
    expect(names).toHaveLength(9)
    expect(names.indexOf("lace-dev")).toBeLessThan(
      Math.min(...["preview-dev", "mainnet-dev"].map((one) => names.indexOf(one))),
    )
  })

  test("an environment that is as it was left", async () => {
    const { summary } = await success(run(), "drift", "drift", on("preview-nightly"))
    expect(summary).toMatch(/: 0 of \d+ steps would change something/)
  })

  test("an environment that is not: the job fails, and summary and artifact say what would change", async () => {
    const ended = await runJob(run(), "drift", "drift", on("preview-prod"))
    expect(ended?.outcome).toBe("failure")
    expect(ended?.summary).toMatch(/^### drift preview-prod\n/)
    expect(ended?.summary).toMatch(/: [1-9]\d* of \d+ steps would change something/)
    expect(ended?.summary).toMatch(/ {4}.*release:dapp-store/)
    expect(artifact("drift-preview-prod", "result.txt")).toContain("release:dapp-store")
  })
})

describe("deploy", () => {
  const main = () => start({ event_name: "push", ref_type: "branch" })
  const tag = () => start({ event_name: "push", ref_type: "tag" })

  test("a push to main: the dev environments, first the one that others need", async () => {
    const names = await listed(main(), "deploy")
    expect(names).toEqual(["lace-dev", "mainnet-dev", "preprod-dev", "preview-dev"])
  })

  test("a tag: the prod environments", async () => {
    expect(await listed(tag(), "deploy")).toEqual(["mainnet-prod", "preprod-prod", "preview-prod"])
  })

  test("plans each of them", async () => {
    const { summary } = await success(tag(), "deploy", "plan", on("preview-prod"))
    expect(summary).toMatch(/^### plan preview-prod\n/)
    expect(summary).toMatch(/: [1-9]\d* of \d+ steps would change something/)
  })

  // Not a dev or prod environment: the scripts are the same ones, and this one is deployed already, a matter of seconds.
  test("deploys each of them", async () => {
    const { summary } = await success(main(), "deploy", "deploy", on("preview-nightly"))
    expect(summary).toMatch(/^### deploy preview-nightly\n/)
    expect(summary).toContain("finished; lock sha256:")
  })
})

describe("reuse, called from another repository", () => {
  const environment = "keyless"
  let caller: Caller
  let module: string
  let unshare = () => {}
  const run = (): Run => ({ ...start({ repository: "OTHER/shop" }), vars: {}, repository: caller.path })
  const inputs = (action: string) => ({
    inputs: { environment, action, "role-to-assume": role, account, region },
  })

  beforeAll(() => {
    const commits = git(repository, "rev-parse", "main").trim()
    const [, script] = /```bash\n(#!.*?)```/s.exec(readFileSync(join(root, "docs/aws.md"), "utf8")) ?? []
    if (!script) throw new Error("docs/aws.md has no daggerw for other repositories")
    caller = new Caller({ [`environments/${environment}.yaml`]: "cluster: nonprod\ntier: nightly\nreleases: {}\n" })
    caller.write(
      "daggerw",
      script.replace("COMMIT", commits).replace("https://github.com/OWNER/wallet-world", `file://${repository}`),
    )
    chmodSync(join(caller.path, "daggerw"), 0o755)
    commit(caller.path)
    module = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "wallet-world/modules", commits)
    mkdirSync(module, { recursive: true })
    unshare = shareSandbox(module)
  })
  afterAll(() => {
    unshare()
    caller.remove()
    rmSync(module, { recursive: true })
  })

  test("deploys an environment of that repository, with the daggerw of docs/aws.md", async () => {
    const { summary } = await success(run(), "reuse", "change", inputs("deploy"))
    expect(summary).toContain(`### deploy ${environment}`)
    expect(summary).toContain("finished; lock sha256:")
  })

  test("publishes, and says what", async () => {
    const { summary } = await success(run(), "reuse", "change", inputs("publish"))
    expect(summary).toContain(`### publish ${environment}`)
  })

  test("refuses an action that there is not, before it asks for credentials", async () => {
    expect(await runJob(run(), "reuse", "change", inputs("destroy"))).toBeUndefined()
    const ended = await runJob(run(), "reuse", "plan", inputs("destroy"))
    expect(ended).toMatchObject({ outcome: "failure", summary: "" })
    expect(ended?.scripts[0].stdout).toContain("there is no action 'destroy': it can be plan, drift, deploy or publish")
  })
})
