// What all environments share stays as it is while one of them is destroyed.
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { Caller } from "../module/caller.js"
import { account, hostTarget, region } from "../module/cluster.js"
import { returned, sandboxPort } from "../module/world.js"

const environment = `brief-${randomUUID().slice(0, 4)}`
const record = `${account}/${region}/_/_/record.json`
let caller: Caller

beforeAll(async () => {
  caller = new Caller({ [`environments/${environment}.yaml`]: "cluster: nonprod\ntier: nightly\nreleases: {}\n" })
  returned(await caller.call(["deploy", "--env", environment]))
})
afterAll(() => caller?.remove())

test("it is not even brought up to date, and the result says so", async () => {
  const documents = Documents.in({ target: hostTarget(sandboxPort()), account, region })
  const { text: before = "" } = (await documents.read(record)) ?? {}
  await documents.write(record, before.replace(/"made":"\w+"/, '"made":"something else"'))
  const destroyed = returned(await caller.call(["destroy", "--env", environment]))
  expect(destroyed).toContain("infra:account: left as it is, though it is not up to date: inputs or modules changed")
  expect((await documents.read(record))?.text).toContain('"made":"something else"')
  await documents.write(record, before)
})
