// What a killed run had made and could not write into its state: the next run takes it over, and nothing that is not its own.
import { beforeAll, describe, expect, test } from "vitest"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { account, hostTarget, region } from "./cluster.js"
import { sandboxPort, succeed } from "./world.js"

const environment = "lace-dev"
const prefix = `${account}/${region}/nonprod/${environment}`
let documents: Documents

beforeAll(async () => {
  documents = Documents.in({ target: hostTarget(sandboxPort()), account, region })
  await succeed("deploy", "--env", environment)
})

/** The database's addresses in its state, once more than `terragrunt/modules/rds` has. */
const addresses = async () =>
  (await succeed("infra", "--env", environment, "--scope", "environment", "--action", "state"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line.startsWith("aws_"))
    .sort()

describe("a state that is gone", () => {
  test("everything is imported: the database and its network, the secrets", async () => {
    const before = await addresses()
    expect(before).toContain("aws_db_instance.this")
    expect(before.length).toBeGreaterThan(5)
    for (const key of ["rds/tofu.tfstate", "secrets/tofu.tfstate", "record.json"])
      await documents.remove(`${prefix}/${key}`)
    await succeed("deploy", "--env", environment)
    expect(await addresses()).toEqual(before)
    expect(await succeed("plan", "--env", environment, "--drift")).toContain("no changes")
  })
})
