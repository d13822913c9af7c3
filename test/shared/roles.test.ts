// The roles of this repository's own workflows: one deploys, the other plans and is refused everything else.
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import type { Credentials } from "../../ci/pipeline/targets/target.js"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { secretValue } from "../../ci/pipeline/tools/secrets-manager.js"
import { account, hostKubectl, hostTarget, region } from "../module/cluster.js"
import { assumeRole, TenantRepository } from "../module/tenant.js"
import { command, type Ended, returned, sandboxPort, write } from "../module/world.js"

// The environment of tenant.test.ts: where that ran before, hardly anything is left to deploy.
const environment = "preview-dev"
const repository = "repo:us/wallet-world"

let port: number
let clone: TenantRepository

/** A call in a clone of this repository that has a name on GitHub. */
function call(given: Credentials | undefined, ...args: string[]): Promise<Ended> {
  const CREDENTIALS = JSON.stringify({
    AccessKeyId: given?.accessKeyId,
    SecretAccessKey: given?.secretAccessKey,
    SessionToken: given?.sessionToken,
    Expiration: given?.expiration?.toISOString(),
  })
  const as = given ? ["--aws-credentials=env://CREDENTIALS"] : []
  return command(join(clone.source, "daggerw"), ["--progress=plain", "call", ...as, ...args], {
    cwd: clone.source,
    env: { WALLET_WORLD_SANDBOX: String(port), CREDENTIALS },
  })
}

/** What a call printed; fails with all of it when the call failed. */
const printed = async (...args: Parameters<typeof call>): Promise<string> => returned(await call(...args))

beforeAll(async () => {
  port = sandboxPort()
  clone = new TenantRepository(port)
  const defaults = join(clone.source, "environments/_defaults.yaml")
  const text = readFileSync(defaults, "utf8")
  expect(text).toContain("repository: owner--placeholder/wallet-world")
  write(defaults, text.replace("owner--placeholder/wallet-world", "us/wallet-world"))
  await printed(undefined, "deploy", "--env", environment)
})
afterAll(() => clone?.remove())

test("doctor finds both, and prints the variables that GitHub needs", async () => {
  const { stderr } = await call(undefined, "doctor", "--env", environment)
  for (const role of ["wallet-world-deploy", "wallet-world-plan"]) {
    expect(stderr).toMatch(new RegExp(`role ${role} +ok +arn:aws:iam::${account}:role/${role}`))
    expect(stderr).toMatch(new RegExp(`AWS_\\w*ROLE +arn:aws:iam::${account}:role/${role}`))
  }
})

describe("the role that deploys", () => {
  test("is given to jobs of GitHub environments, not to branches", async () => {
    for (const other of [
      `${repository}:ref:refs/heads/main`,
      `${repository}:environment:staging`,
      `repo:them/wallet-world:environment:${environment}`,
    ])
      await expect(assumeRole(port, "wallet-world-deploy", other)).rejects.toThrow(/Not authorized/)
  })

  test("deploys", async () => {
    const deployer = await assumeRole(port, "wallet-world-deploy", `${repository}:environment:${environment}`)
    const kubectl = await hostKubectl(port, hostTarget(port, deployer))
    // Helm's record of the release: without it there is something to do.
    await kubectl("delete", "secrets", "-l", "owner=helm,name=cardano-stuff", "-n", environment)
    expect(await printed(deployer, "deploy", "--env", environment)).toMatch(/release:cardano-stuff +created/)
  })
})

describe("the role that plans", () => {
  let planner: Credentials
  beforeAll(async () => {
    planner = await assumeRole(port, "wallet-world-plan", `${repository}:ref:refs/heads/main`)
  })

  test("is given to the main branch and to tags of releases, to nothing else", async () => {
    await assumeRole(port, "wallet-world-plan", `${repository}:ref:refs/tags/v1.2.3`)
    for (const other of [
      `${repository}:ref:refs/heads/other`,
      `${repository}:ref:refs/tags/x`,
      `${repository}:pull_request`,
      `${repository}:environment:${environment}`,
    ])
      await expect(assumeRole(port, "wallet-world-plan", other)).rejects.toThrow(/Not authorized/)
  })

  test("plans, and looks for drift in every unit", async () => {
    const planned = await printed(planner, "plan", "--env", environment, "--drift", "--refuse-changes")
    expect(planned).toMatch(/: 0 of \d+ steps would change something/)
  })

  test("changes nothing, and reads no secret of Secrets Manager that somebody else made", async () => {
    const place = { target: hostTarget(port, planner), account, region }
    await expect(Documents.in(place).write("x.json", "{}")).rejects.toThrow(/not authorized to perform: s3:PutObject/)
    const arn = `arn:aws:secretsmanager:${region}:${account}:secret:wallet-world/google-oauth`
    await expect(secretValue(place, arn)).rejects.toThrow(/not authorized to perform: secretsmanager:GetSecretValue/)
    const kubectl = await hostKubectl(port, place.target)
    const scale = kubectl("scale", "statefulset", "--all", "--replicas=0", "-n", environment)
    await expect(scale).rejects.toThrow(/forbidden/i)
    expect((await call(planner, "deploy", "--env", environment)).stderr).toMatch(/not authorized to perform: s3:Put/)
  })
})
