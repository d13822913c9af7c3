// The manifests of every environment are accepted by a real API server, under restricted Pod Security.
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { parseAllDocuments } from "yaml"
import { hostKubectl } from "./cluster.js"
import { ensureShared, root, sandboxPort, write } from "./world.js"

/** What the golden suite compares rendered manifests with. */
const expected = join(root, "test/golden/expected/environments")
const namespace = "manifests"
const file = join(root, "test/.tools/manifests.json")

let kubectl: (...args: string[]) => Promise<string>

beforeAll(async () => {
  const port = sandboxPort()
  // Says where the cluster is in a sandbox that nothing was deployed to yet.
  await ensureShared("cluster")
  kubectl = await hostKubectl(port)
  await kubectl("create", "namespace", namespace)
  await kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
})
afterAll(() => kubectl("delete", "namespace", namespace))

interface Manifest {
  kind: string
  metadata: { name: string; namespace?: string }
  spec?: { replicas?: number; template?: { spec: PodSpec }; volumeClaimTemplates?: { metadata: { name: string } }[] }
}

interface PodSpec {
  volumes?: object[]
  containers: object[]
}

/** The pod that a workload would make; its account is one that exists, its claims are volumes. */
function podOf(kind: string, name: string, { template, volumeClaimTemplates = [] }: NonNullable<Manifest["spec"]>) {
  const claims = volumeClaimTemplates.map(({ metadata }) => ({ name: metadata.name, emptyDir: {} }))
  const spec = {
    ...template?.spec,
    serviceAccountName: "default",
    serviceAccount: undefined,
    volumes: [...(template?.spec.volumes ?? []), ...claims],
  }
  return { apiVersion: "v1", kind: "Pod", metadata: { name: `${kind.toLowerCase()}-${name}`, namespace }, spec }
}

test("a pod that may run as root is refused: the check can fail", async () => {
  const spec = { containers: [{ name: "shell", image: "busybox" }] }
  write(file, JSON.stringify(podOf("Pod", "root", { template: { spec } })))
  await expect(kubectl("create", "--dry-run=server", "-f", file)).rejects.toThrow(/violates PodSecurity "restricted/)
})

test("the engines of docs/engine.yaml are accepted", async () => {
  const path = join(root, "docs/engine.yaml")
  const documents = parseAllDocuments(readFileSync(path, "utf8")).map((document) => document.toJS() as Manifest)
  const [space] = documents
  // The others are refused as long as it is not there.
  write(file, JSON.stringify(space))
  await kubectl("apply", "-f", file)
  try {
    const answer = await kubectl("apply", "--server-side", "--dry-run=server", "-f", path)
    expect(answer.match(/server dry run/g)).toHaveLength(documents.length)
  } finally {
    await kubectl("delete", "namespace", space.metadata.name)
  }
})

const manifestsOf = (environment: string): Manifest[] =>
  readdirSync(join(expected, environment)).flatMap((name) =>
    parseAllDocuments(readFileSync(join(expected, environment, name), "utf8"))
      .map((document) => document.toJS() as Manifest | null)
      .filter((manifest) => manifest !== null),
  )

test("the pods of all environments find a place at the same time", async () => {
  const pods = readdirSync(expected).flatMap((environment) =>
    manifestsOf(environment).flatMap(({ kind, metadata, spec }) =>
      Array.from({ length: spec?.template ? (spec.replicas ?? 1) : 0 }, (_, index) =>
        podOf(kind, `${metadata.name}-${environment}-${index}`, spec ?? {}),
      ),
    ),
  )
  write(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }))
  await kubectl("create", "-f", file)
  try {
    await kubectl("wait", "--for=condition=PodScheduled", "pods", "--all", "-n", namespace, "--timeout=60s")
    const { items } = JSON.parse(await kubectl("get", "pods", "-n", namespace, "-o", "json")) as {
      items: { spec: { nodeName?: string }; status: { reason?: string } }[]
    }
    expect(items).toHaveLength(pods.length)
    // The node itself has the last word.
    expect(items.filter(({ spec, status }) => !spec.nodeName || status.reason?.startsWith("OutOf"))).toEqual([])
  } finally {
    await kubectl("delete", "pods", "--all", "-n", namespace, "--force", "--grace-period=0")
  }
})

describe.each(readdirSync(expected))("%s", (environment) => {
  const manifests = manifestsOf(environment)
  // One namespace for all: what is tried is the objects, and those of a namespace that is not there are refused.
  const moved = (manifest: Manifest) => ({ ...manifest, metadata: { ...manifest.metadata, namespace } })

  test("every object is accepted", async () => {
    expect(manifests.length).toBeGreaterThan(3)
    write(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: manifests.map(moved) }))
    const answer = await kubectl("apply", "--dry-run=server", "-f", file)
    expect(answer.match(/server dry run/g)).toHaveLength(manifests.length)
  })

  test("every pod is accepted by restricted Pod Security", async () => {
    const pods = manifests.flatMap(({ kind, metadata, spec }) =>
      spec?.template ? [podOf(kind, metadata.name, spec)] : [],
    )
    expect(pods.length).toBeGreaterThan(0)
    write(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: pods }))
    const answer = await kubectl("create", "--dry-run=server", "-f", file)
    expect(answer.match(/created \(server dry run\)/g)).toHaveLength(pods.length)
  })
})
