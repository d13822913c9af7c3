// Another repository with credentials of its own: what it may do works, all else is refused by the service itself.
import { lstatSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { json } from "../../ci/pipeline/commands/doctor/ask.js"
import type { Credentials } from "../../ci/pipeline/targets/target.js"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { ask } from "../../ci/pipeline/tools/signed.js"
import { account, hostKubectl, hostTarget, region } from "./cluster.js"
import { type HostCrane, hostCrane } from "./crane.js"
import { assumeRole, linksOutOf, TenantRepository } from "./tenant.js"
import { type Ended, request, returned, sandboxPort } from "./world.js"

const environment = "preview-dev"
const namespace = `dapp-store-${environment}`
const role = "wallet-world-tenant-dapp-store"
const repository = "repo:owner--placeholder/dappstore"
const subject = `${repository}:environment:${environment}`

let port: number
let tenant: TenantRepository
let credentials: Credentials

/** A call of the tenant's, with the credentials that its workflow gets. */
const call = async (...args: string[]): Promise<string> => returned(await callAs(credentials, ...args))

async function callAs(given: Credentials, ...args: string[]): Promise<Ended> {
  const { accessKeyId, secretAccessKey, sessionToken, expiration } = given
  const TENANT = JSON.stringify({
    AccessKeyId: accessKeyId,
    SecretAccessKey: secretAccessKey,
    SessionToken: sessionToken,
    Expiration: expiration?.toISOString(),
  })
  return tenant.daggerw(["--progress=plain", "call", "--aws-credentials=env://TENANT", ...args], { TENANT })
}

beforeAll(async () => {
  port = sandboxPort()
  tenant = new TenantRepository(port)
  expect(returned(await tenant.daggerw(["update"]))).toContain(`wallet-world is pinned to ${tenant.commit}`)
  returned(await tenant.daggerw(["platform", "--progress=plain", "call", "deploy", "--env", environment]))
  credentials = await assumeRole(port, role, subject)
})
afterAll(() => tenant?.remove())

test("the pin stands in one file, and in the workflows", () => {
  for (const file of ["wallet-world.env", ".github/workflows/deploy.yml"])
    expect(readFileSync(join(tenant.path, file), "utf8")).toContain(tenant.commit)
})

test("the repository is whole: nothing in it leads out of it", () => {
  expect(linksOutOf(tenant.path)).toEqual([])
  expect(lstatSync(join(tenant.path, "charts/dapp-store/Chart.yaml")).isFile()).toBe(true)
})

test("a job of another repository, or of another environment, gets no role", async () => {
  for (const other of [
    "repo:owner--placeholder/other:environment:preview-dev",
    "repo:owner--placeholder/dappstore:environment:staging",
    "repo:owner--placeholder/dappstore:ref:refs/heads/main",
  ])
    await expect(assumeRole(port, role, other)).rejects.toThrow(
      /Not authorized .* does not let repo:owner--placeholder/,
    )
})

describe("its own pipeline", () => {
  test("publishes and deploys with its own credentials, and what it deploys answers", async () => {
    expect(await call("publish", "--env", environment)).toMatch(/image:api +(created|unchanged)/)
    const deployed = await call("deploy", "--env", environment)
    expect(deployed).toMatch(/infra:shared +unchanged/)
    expect(deployed).toMatch(/release:dapp-store +(created|updated)/)
    for (const service of ["api", "dapps"])
      expect(await request(port, `${service}.${environment}.lw.iog.io`, "/health")).toMatchObject({ status: 200 })
  })

  test("finds everything as it should be the second time; its report and lock are its own", async () => {
    expect(await call("deploy", "--env", environment)).toMatch(/release:dapp-store +unchanged/)
    expect(await call("report", "--env", environment)).toContain(`assumed-role/${role}/`)
    expect(JSON.parse(await call("lock", "--env", environment)).images.api.repository).toBe("dapp-store/api")
  })

  test("the platform's next deployment leaves it alone", async () => {
    const again = returned(await tenant.daggerw(["platform", "--progress=plain", "call", "plan", "--env", environment]))
    expect(again).toMatch(/handover:dapp-store +unchanged/)
    expect(again).not.toContain("release:dapp-store")
  })
})

describe("its token at the Kubernetes API", () => {
  let kubectl: (...args: string[]) => Promise<string>
  beforeAll(async () => {
    kubectl = await hostKubectl(port, hostTarget(port, credentials))
  })

  test("reads and writes in its own namespace", async () => {
    expect(await kubectl("get", "pods", "-n", namespace, "-o", "name")).toContain("pod/api-")
    expect(await kubectl("get", "secret", "dapp-store-database", "-n", namespace, "-o", "name")).toContain("secret/")
    await kubectl("create", "configmap", "mine", "-n", namespace)
    await kubectl("delete", "configmap", "mine", "-n", namespace)
  })

  test.each([
    ["another namespace", ["get", "pods", "-n", environment]],
    ["another tenant's or the platform's Secrets", ["get", "secrets", "-n", environment]],
    ["Secrets of all namespaces", ["get", "secrets", "--all-namespaces"]],
    ["a platform release", ["delete", "statefulset", "--all", "-n", environment]],
    ["another environment of its own name", ["get", "pods", "-n", "kube-system"]],
    ["a new namespace", ["create", "namespace", "dapp-store-mine"]],
    ["rights for itself", ["create", "rolebinding", "mine", "--clusterrole=admin", "--user=me", "-n", namespace]],
    ["nodes", ["get", "nodes"]],
  ])("is refused %s", async (_, args) => {
    await expect(kubectl(...args)).rejects.toThrow(/forbidden/i)
  })
})

describe("its token at the registry", () => {
  let registry: HostCrane
  beforeAll(async () => {
    registry = await hostCrane(port, hostTarget(port, credentials))
  })
  afterAll(() => registry.close())

  test("pulls and pushes below its prefix", async () => {
    const { host, said } = registry
    const own = `${host}/dapp-store/api`
    const [tag] = (await said("ls", own)).split("\n")
    await said("manifest", `${own}:${tag}`)
    await said("copy", `${own}:${tag}`, `${own}:tried-${Date.now()}`)
  })

  test("is refused other prefixes", async () => {
    const { host, crane, said } = registry
    const own = `${host}/dapp-store/api`
    const [tag] = (await said("ls", own)).split("\n")
    for (const attempt of [
      await crane("ls", `${host}/wallet-world/ogmios`),
      await crane("copy", `${own}:${tag}`, `${host}/wallet-world/ogmios:mine`),
      await crane("delete", `${host}/wallet-world/ogmios:mine`),
    ]) {
      expect(attempt.code).not.toBe(0)
      expect(attempt.stderr).toMatch(/DENIED|403 Forbidden|not authorized/)
    }
  })
})

describe("its session at AWS", () => {
  const place = () => ({ target: hostTarget(port, credentials), account, region })

  test("reads its own part of the state bucket, and no other", async () => {
    expect(await Documents.in(place(), "tenants/dapp-store/").read(`shared/${environment}.json`)).toBeDefined()
    await expect(Documents.in(place()).read(`reports/${environment}.json`)).rejects.toThrow(
      /is not authorized to perform: s3:/,
    )
    await expect(Documents.in(place()).write("tenants/other/x.json", "{}")).rejects.toThrow(
      /is not authorized to perform: s3:/,
    )
  })
})

describe("its role for plans", () => {
  let planner: Credentials
  beforeAll(async () => {
    planner = await assumeRole(port, `${role}-plan`, `${repository}:ref:refs/heads/main`)
  })

  test("is given to its main branch only", async () => {
    for (const other of [subject, `${repository}:ref:refs/heads/other`, `${repository}:pull_request`])
      await expect(assumeRole(port, `${role}-plan`, other)).rejects.toThrow(/Not authorized/)
  })

  test("plans", async () => {
    const planned = returned(await callAs(planner, "plan", "--env", environment, "--drift"))
    expect(planned).toMatch(/: 0 of \d+ steps would change something/)
    expect(planned).toMatch(/release:dapp-store +unchanged/)
  })

  test("changes nothing: neither images, nor state, nor what runs", async () => {
    const place = { target: hostTarget(port, planner), account, region }
    const push = json("ecr", "AmazonEC2ContainerRegistry_V20150921.InitiateLayerUpload", {
      repositoryName: "dapp-store/api",
    })
    expect((await ask(place, push)).text).toMatch(/is not authorized to perform: ecr:InitiateLayerUpload/)
    const documents = Documents.in(place, "tenants/dapp-store/")
    await expect(documents.write("x.json", "{}")).rejects.toThrow(/is not authorized to perform: s3:PutObject/)
    const forget = documents.remove(`shared/${environment}.json`)
    await expect(forget).rejects.toThrow(/is not authorized to perform: s3:DeleteObject/)
    const kubectl = await hostKubectl(port, place.target)
    expect(await kubectl("get", "deployments", "-n", namespace, "-o", "name")).toContain("deployment.apps/api")
    for (const refused of [
      ["scale", "deployment/api", "--replicas=0", "-n", namespace],
      ["delete", "secret", "dapp-store-database", "-n", namespace],
      ["get", "secrets", "-n", environment],
    ])
      await expect(kubectl(...refused), refused.join(" ")).rejects.toThrow(/forbidden/i)
    expect((await callAs(planner, "deploy", "--env", environment)).stderr).toMatch(
      /is not authorized to perform: s3:Put/,
    )
  })
})

test("what it destroys is its release; the namespace and its Secrets stay", async () => {
  expect(await call("destroy", "--env", environment)).toMatch(/release:dapp-store +deleted/)
  const kubectl = await hostKubectl(port)
  expect(await kubectl("get", "secrets", "-n", namespace, "-o", "name")).toContain("secret/dapp-store-database")
  expect(await kubectl("get", "deployments", "-n", namespace, "-o", "name")).toBe("")
})
