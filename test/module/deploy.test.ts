// The main job, end to end: a whole environment deployed to the kept sandbox, looked at from outside, and destroyed.
import { randomUUID } from "node:crypto"
import { gunzipSync } from "node:zlib"
import { beforeAll, describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { Leases } from "../../ci/pipeline/steps/leases.js"
import { registryLogin } from "../../ci/pipeline/tools/ecr.js"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { Charts, type Manifest, manifestsOf } from "../golden/helm.js"
import { account, clusterName, hostKubectl, hostTarget, region } from "./cluster.js"
import { writeDapp } from "./store.js"
import { daggerw, request, returned, sandboxPort, succeed, tool } from "./world.js"

const environment = "preprod-nightly"
const api = `api.${environment}.lw.iog.io`
const namespace = `dapp-store-${environment}`

interface Pod {
  metadata: { name: string; labels: Record<string, string> }
  spec: { containers: { image: string }[] }
  status: { phase: string }
}

let port: number
let kubectl: (...args: string[]) => Promise<string>
let printed: string

const pods = async (inNamespace: string): Promise<Pod[]> =>
  JSON.parse(await kubectl("get", "pods", "-n", inNamespace, "-o", "json")).items

/** What a call returned that was made as a person makes it. */
const typed = async (...args: string[]) => returned(await daggerw(args))

const running = async () =>
  [...(await pods(namespace)), ...(await pods(environment))].filter(({ status }) => status.phase === "Running")

/** Objects in an order of their own: what they are rendered by sorts them differently. The chart's version names content. */
const sorted = (manifests: Manifest[]) =>
  JSON.parse(JSON.stringify(manifests).replace(/"helm.sh\/chart":"[^"]*"/g, '"helm.sh/chart":""')).sort(
    (a: Manifest, b: Manifest) => `${a.kind}/${a.metadata.name}`.localeCompare(`${b.kind}/${b.metadata.name}`),
  )

/** Asks until the answer is as wanted; fails with the last answer. */
async function eventually(ask: () => Promise<{ status: number; text: string }>, status: number, seconds = 120) {
  const deadline = Date.now() + seconds * 1000
  let last = await ask()
  while (last.status !== status && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1000))
    last = await ask()
  }
  expect(last.status, last.text).toBe(status)
  return last
}

beforeAll(async () => {
  port = sandboxPort()
  printed = await typed("deploy", "--env", environment)
  kubectl = await hostKubectl(port)
})

describe("what deploy prints", () => {
  test("names the target in the first and in the last line, and says what is emulated", () => {
    const lines = printed.trim().split("\n")
    expect(lines[0]).toContain(`${environment} on the sandbox`)
    expect(lines[0]).toContain("AWS is emulated")
    expect(lines.at(-1)).toBe(lines[0])
  })

  test("tells real pods from simulated ones", () => {
    expect(printed).toMatch(/dapp-store-preprod-nightly\/\S*api\S* +real +ready/)
    expect(printed).toMatch(/preprod-nightly\/\S*postgres\S* +real +ready/)
    expect(printed).toMatch(/preprod-nightly\/\S*node\S* +simulated/)
  })

  test("prints addresses that answer after it has returned", async () => {
    const [address] = /http:\/\/api\.\S+/.exec(printed) ?? []
    const url = new URL(String(address))
    expect(await request(port, url.host, "/health")).toMatchObject({ status: 200 })
  })
})

describe("what is there then", () => {
  test("every running pod's image is in the registry under the same digest", async () => {
    const { host, username, password } = await registryLogin({ target: hostTarget(port), account, region })
    const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`
    const images = (await running()).flatMap(({ spec }) => spec.containers.map(({ image }) => image))
    expect(images.length).toBeGreaterThan(3)
    for (const image of new Set(images)) {
      const [, repository, digest] = image.match(new RegExp(`^${host}/(.+)@(sha256:[0-9a-f]{64})$`)) ?? [image]
      const accept = ["oci.image.index.v1", "oci.image.manifest.v1", "docker.distribution.manifest.v2"]
        .map((type) => `application/vnd.${type}+json`)
        .join(", ")
      const answer = await request(port, host, `/v2/${repository}/manifests/${digest}`, {
        headers: { authorization, accept },
      })
      expect(answer.status, image).toBe(200)
      expect(answer.headers["docker-content-digest"]).toBe(digest)
    }
  })

  test("the registry refuses who is not logged in", async () => {
    const { host } = await registryLogin({ target: hostTarget(port), account, region })
    expect(await request(port, host, "/v2/")).toMatchObject({ status: 401 })
  })

  test("the infrastructure's outputs name a cluster, a database and brokers", async () => {
    const cluster = JSON.parse(await typed("infra", "--env", environment, "--scope", "cluster", "--action", "outputs"))
    expect(cluster.eks.cluster_name).toBe(clusterName)
    expect(cluster.msk.bootstrap_brokers).toMatch(/\.sandbox\.test:9092/)
    const own = JSON.parse(
      await succeed("infra", "--env", environment, "--scope", "environment", "--action", "outputs"),
    )
    expect(own.rds.address).toMatch(/\.rds\.sandbox\.test$/)
  })

  test("the states hold a cluster, brokers and a database", async () => {
    const state = (scope: string) => succeed("infra", "--env", environment, "--scope", scope, "--action", "state")
    const shared = await state("cluster")
    expect(shared).toMatch(/^aws_eks_cluster\./m)
    expect(shared).toMatch(/^aws_msk_cluster\./m)
    expect(await state("environment")).toMatch(/^aws_db_instance\./m)
  })

  test("report and lock say what is deployed, a plan that nothing would change", async () => {
    const [, recorded] = /Recorded as (sha256:[0-9a-f]{64})/.exec(printed) ?? []
    const report = await typed("report", "--env", environment)
    expect(report).toContain(`finished; lock ${recorded}`)
    const lock = JSON.parse(await typed("lock", "--env", environment))
    const deployed = (await running()).flatMap(({ spec }) => spec.containers.map(({ image }) => image.split("@")[1]))
    const locked = Object.values<{ digest: string }>(lock.images).map(({ digest }) => digest)
    expect(locked).toEqual(expect.arrayContaining(deployed))
    expect(await typed("plan", "--env", environment)).toMatch(/: 0 of \d+ steps would change something/)
  })

  test("Argo CD would render the same objects from the exported Applications", async () => {
    const text = await typed("export-argocd", "--env", environment)
    const lock = JSON.parse(await succeed("lock", "--env", environment))
    const applications = parseAllDocuments(text).map((document) => document.toJS())
    expect(applications).toHaveLength(Object.keys(lock.releases).length)
    process.env.HELM ??= await tool("helm")
    const charts = new Charts()
    for (const { spec } of applications) {
      const { repoURL, targetRevision, helm } = spec.source
      const chart = repoURL.split("/").at(-1)
      expect(targetRevision).toBe(lock.charts[chart].digest)
      expect(repoURL.endsWith(lock.charts[chart].repository)).toBe(true)
      const rendered = charts.render(chart, helm.valuesObject, helm.releaseName, spec.destination.namespace)
      const record = `sh.helm.release.v1.${helm.releaseName}.v${lock.releases[helm.releaseName].revision.split(" ")[1]}`
      const secret = JSON.parse(await kubectl("get", "secret", record, "-n", spec.destination.namespace, "-o", "json"))
      // Helm keeps its record as gzip in base64, which the Secret encodes once more.
      const packed = Buffer.from(Buffer.from(secret.data.release, "base64").toString(), "base64")
      const installed = manifestsOf(JSON.parse(gunzipSync(packed).toString()).manifest)
      expect(sorted(manifestsOf(rendered))).toEqual(sorted(installed))
    }
  })

  test("namespaces enforce restricted Pod Security", async () => {
    for (const name of [namespace, environment]) {
      const { metadata } = JSON.parse(await kubectl("get", "namespace", name, "-o", "json"))
      expect(metadata.labels["pod-security.kubernetes.io/enforce"]).toBe("restricted")
    }
  })

  test("nothing can be changed from outside", async () => {
    const body = JSON.stringify({ name: "From outside" })
    // Node.js does not say by itself how long the body of a DELETE is.
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) }
    for (const host of [api, `dapps.${environment}.lw.iog.io`])
      for (const method of ["PUT", "POST", "PATCH", "DELETE"])
        for (const path of ["/dapps/from-outside", "/registrations", "/"])
          expect((await request(port, host, path, { method, headers, body })).status, `${method} ${host}`).toBe(405)
    expect(await request(port, api, "/dapps/from-outside")).toMatchObject({ status: 404 })
  })

  test("what is written through the API from within outlives its pods", async () => {
    const id = randomUUID()
    const [path, name] = [`/dapps/${id}`, randomUUID()]
    await writeDapp(kubectl, namespace, id, { name })

    const deleted = await kubectl("delete", "pods", "-n", namespace, "-l", "app.kubernetes.io/name=api", "--wait=true")
    expect(deleted).toMatch(/pod "api-\S+" deleted/)
    const read = await eventually(() => request(port, api, path), 200)
    expect(read.text).toContain(name)
  })

  test("the database refuses a wrong password", async () => {
    await eventually(() => request(port, api, "/health"), 200)
    const attempt = `
      import pg from "pg"
      const client = new pg.Client({ password: "wrong", ssl: { rejectUnauthorized: false } })
      client.connect().then(() => process.exit(0), (error) => { console.log(error.message); process.exit(3) })`
    const [pod] = (await pods(namespace)).filter(({ metadata }) => metadata.labels["app.kubernetes.io/name"] === "api")
    await expect(
      kubectl("exec", "-n", namespace, pod.metadata.name, "--", "node", "--input-type=module", "-e", attempt),
    ).rejects.toThrow(/exit code 3/)
  })
})

test("a second deploy finds everything as it should be", async () => {
  const again = await succeed("deploy", "--env", environment)
  const results = again.split("\n").filter((line) => /^(infra|image|chart|release):/.test(line))
  expect(results.length).toBeGreaterThan(8)
  for (const line of results) expect(line).toContain("unchanged")
})

test("a second run is refused while one is at work on the environment, and says whose that is", async () => {
  const documents = Documents.in({ target: hostTarget(port), account, region })
  const other = new Leases(documents, "arn:aws:sts::000000000000:assumed-role/deploy/other")
  const deploys = () => daggerw(["deploy", "--env", environment])
  const second = await other.holding({ scope: "environment", name: environment }, deploys, { whole: true })
  expect(second.code).toBe(1)
  expect(second.stderr).toMatch(/environments\/.* is held by \S+\/other \(run .*nothing was done/s)
})

test("a state that a killed run has not written is made anew: the database is taken over, with its data", async () => {
  const [id, name] = [randomUUID(), randomUUID()]
  await writeDapp(kubectl, namespace, id, { name })

  const documents = Documents.in({ target: hostTarget(port), account, region })
  for (const key of ["rds/tofu.tfstate", "secrets/tofu.tfstate", "record.json"])
    await documents.remove(`${account}/${region}/nonprod/${environment}/${key}`)
  await succeed("deploy", "--env", environment)

  const scope = ["infra", "--env", environment, "--scope", "environment"]
  expect(await succeed(...scope, "--action", "plan")).not.toMatch(/# \S+ (will|must) be /)
  expect((await eventually(() => request(port, api, `/dapps/${id}`), 200)).text).toContain(name)
})

test("destroy leaves nothing of the environment, and all that others share", async () => {
  expect(await typed("destroy", "--env", environment)).toMatch(/release:dapp-store +deleted/)
  const names = await kubectl("get", "namespaces", "-o", "name")
  expect(names).not.toContain(environment)
  expect(await request(port, api, "/health")).toMatchObject({ status: 404 })
  const volumes: { spec: { claimRef: { namespace: string } } }[] = JSON.parse(
    await kubectl("get", "persistentvolumes", "-o", "json"),
  ).items
  expect(volumes.map(({ spec }) => spec.claimRef.namespace)).not.toContain(environment)
  const cluster = await succeed("infra", "--env", environment, "--scope", "cluster", "--action", "outputs")
  expect(JSON.parse(cluster).eks.cluster_name).toBe(clusterName)
})
