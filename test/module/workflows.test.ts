// The jobs of GitHub's workflows, their scripts run as they stand in clones of the checkout, against the kept sandbox.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parse } from "yaml"
import { environmentFiles } from "../environment-files.js"
import { temporary } from "../temporary.js"
import { account, hostTarget, region } from "./cluster.js"
import { programs } from "./programs.js"
import { type Outcome, type Run, runJob } from "./runner.js"
import { assumeRole, exampleDirectory, git, TenantRepository } from "./tenant.js"
import { ensureShared, root, sandboxPort, succeed } from "./world.js"

const directory = temporary("workflows")
const artifacts = join(directory, "artifacts")

let port: number
let bin: string
let tenant: TenantRepository

beforeAll(async () => {
  port = sandboxPort()
  bin = await programs(directory, artifacts)
  tenant = new TenantRepository(port)
})
afterAll(async () => {
  // The browser's tests have deployed it, too, and want it to be new the next time.
  await succeed("destroy", "--env", "preview-nightly")
  tenant?.remove()
  for (const path of [directory, bin]) rmSync(path, { recursive: true, force: true })
})

/** A run of a workflow of this repository, with artifacts of its own; the role that deploys is the sandbox's administrator. */
function start(github: object): Run {
  rmSync(artifacts, { recursive: true, force: true })
  mkdirSync(artifacts)
  const role = `arn:aws:iam::${account}:role/administrator`
  return {
    ...{ repository: tenant.source, artifacts, programs: bin, port },
    vars: { AWS_ACCOUNT: account, AWS_REGION: region, AWS_ROLE: role, AWS_PLAN_ROLE: role },
    github: { repository: "OWNER/wallet-world", ref: "refs/heads/main", run_id: "1", ...github },
    assume: () => hostTarget(port).credentials(account),
  }
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

describe("pull-request", () => {
  const author = (fork: string) => ({
    ...{ actor: "somebody", event_name: "pull_request" },
    event: { pull_request: { number: 7, head: { repo: { full_name: fork } } } },
  })
  const { jobs } = parse(readFileSync(join(root, ".github/workflows/pull-request.yml"), "utf8"))
  const run = () => start(author("OWNER/wallet-world"))

  beforeAll(() => {
    const file = join(tenant.source, "environments/preview-prod.yaml")
    git(tenant.source, "checkout", "--quiet", "-b", "pull-request")
    const text = readFileSync(file, "utf8")
    writeFileSync(
      file,
      `${text}releases:
  dapp-store:
    timeout: 601
`,
    )
    git(tenant.source, "commit", "--quiet", "--all", "--message", "Wait longer")
  })
  afterAll(() => git(tenant.source, "checkout", "--quiet", "main"))

  test("checks is what this test is a part of", () => {
    expect(jobs.checks.steps.flatMap((step: { run?: string }) => step.run ?? [])).toEqual(["npm cit"])
  })

  test.each<string>(jobs.build.strategy.matrix.service)("build %s", async (service) => {
    await success(run(), "pull-request", "build", { matrix: { service } })
  })

  test("difference and comment name the environment that is touched, and no other", async () => {
    const begun = run()
    const { summary } = await success(begun, "pull-request", "difference")
    expect(summary).toContain("<b>preview-prod</b>")
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
    expect([...names].sort()).toEqual(environmentFiles)
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

describe("examples/dappstore as a repository of its own", () => {
  const repository = "owner--placeholder/dappstore"
  const run = (): Run => ({
    ...start({ repository }),
    vars: {},
    repository: tenant.path,
    // The sandbox looks into GitHub's token, and into the policy of the role that the pipeline made for this repository.
    assume: (role, subject) => assumeRole(port, role, subject),
  })
  const inputs = (action: string, environment = "preview-dev") => ({
    inputs: {
      ...{ environment, action, account, region },
      "role-to-assume": `arn:aws:iam::${account}:role/wallet-world-tenant-dapp-store`,
    },
  })

  beforeAll(async () => {
    await ensureShared("account")
    const pin = [`WALLET_WORLD_REPOSITORY=file://${tenant.source}`, `WALLET_WORLD_COMMIT=${tenant.commit}`]
    writeFileSync(join(tenant.path, "wallet-world.env"), `${pin.join("\n")}\n`)
    git(tenant.path, "commit", "--quiet", "--all", "--message", "Pin wallet-world")
  })

  test("its pull-request: difference and comment name what is touched", async () => {
    git(tenant.path, "checkout", "--quiet", "-b", "pull-request")
    const file = join(tenant.path, "environments/preview-dev.yaml")
    writeFileSync(file, `${readFileSync(file, "utf8")}releases:\n  dapp-store:\n    timeout: 601\n`)
    git(tenant.path, "commit", "--quiet", "--all", "--message", "Wait longer")
    const begun: Run = {
      ...start({
        ...{ repository, actor: "somebody", event_name: "pull_request" },
        event: { pull_request: { number: 8, head: { repo: { full_name: repository } } } },
      }),
      ...{ home: exampleDirectory, repository: tenant.path, vars: {} },
    }
    const { summary } = await success(begun, "pull-request", "difference")
    expect(summary).toContain("<b>preview-dev</b>: 1 file")
    expect(summary).toMatch(/^\+.*601/m)
    await success(begun, "pull-request", "comment")
    expect(readFileSync(join(directory, "gh"), "utf8")).toContain(
      "pr comment 8 --edit-last --create-if-none --body-file ",
    )
    expect(readFileSync(join(directory, "comment"), "utf8")).toContain(summary)
    git(tenant.path, "checkout", "--quiet", "-")
  })

  test("its deployments run its daggerw with the role that its GitHub environment has", async () => {
    const { summary } = await success(run(), "reuse", "change", inputs("publish"))
    expect(summary).toMatch(/^### publish preview-dev\n/)
    expect(summary).toMatch(/image:api +(created|unchanged)/)
    expect(artifact("publish-preview-dev", "result.txt")).toMatch(/^api sha256:/m)
  })

  test("gets no role in another GitHub environment", async () => {
    const ended = await runJob(run(), "reuse", "change", inputs("publish", "staging"))
    expect(ended).toMatchObject({ outcome: "failure", summary: "" })
    expect(ended?.scripts.map(({ stderr }) => stderr).join()).toContain("configure-aws-credentials")
  })

  test("refuses an action that there is not, before it asks for credentials", async () => {
    expect(await runJob(run(), "reuse", "change", inputs("destroy"))).toBeUndefined()
    const ended = await runJob(run(), "reuse", "plan", inputs("destroy"))
    expect(ended).toMatchObject({ outcome: "failure", summary: "" })
    expect(ended?.scripts[0].stdout).toContain("there is no action 'destroy': it can be plan, drift, deploy or publish")
  })
})
