// What the environments of a cluster share: installed once, by whoever needs it first, and left by all of them.
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Caller, errorOf, works } from "./caller.js"
import { hostKubectl } from "./cluster.js"
import { returned, sandboxPort } from "./world.js"

const id = randomUUID().slice(0, 4)
const environments = [`plat-a-${id}`, `plat-b-${id}`]
const [base, extra] = [`plat-base-${id}`, `plat-extra-${id}`]
const clusterFile = "environments/_clusters/nonprod.yaml"

const release = (name: string, namespace: string, script = works, more = "") => `  ${name}:
    chart: dapp-store
    namespace: ${namespace}
    values: { image: "\${images.program}", script: ${JSON.stringify(script)}, disk: 1Mi }
${more}`
const own = (name: string) =>
  `cluster: nonprod\ntier: nightly\ninfrastructure: { environment: {} }\nreleases:\n${release("web", name, works, `    needs: [${base}]\n`)}`
const both = [release(base, base), release(extra, extra, works, "    podSecurity: baseline\n")]

let caller: Caller
let kubectl: (...args: string[]) => Promise<string>
const call = async (...args: string[]) => returned(await caller.call(args))
const releasesOf = async (namespace: string) =>
  (await kubectl("get", "secrets", "-n", namespace, "-l", "owner=helm", "-o", "name")).split("\n").filter(Boolean)
    .length

beforeAll(async () => {
  kubectl = await hostKubectl(sandboxPort())
  const files = environments.map((name) => [`environments/${name}.yaml`, own(name)])
  caller = new Caller({ ...Object.fromEntries(files), [clusterFile]: `clusterReleases:\n${both.join("")}` })
})
afterAll(async () => {
  for (const name of environments) {
    returned(await caller.call(["destroy", "--env", name]))
    // What it needs of the cluster could not be removed.
    caller.write(`environments/${name}.yaml`, "cluster: nonprod\ntier: nightly\ninfrastructure: {}\nreleases: {}\n")
  }
  caller.write(clusterFile, "{}\n")
  await call("deploy", "--cluster", "nonprod")
  caller.remove()
})

test("two environments that are deployed at once share it: one installs it, the other waits and finds it", async () => {
  const both = environments.map((name) => caller.daggerw(["deploy", "--env", name]))
  const printed = (await Promise.all(both)).map(returned)
  const shared = printed.map((text) => new RegExp(`^release:${base} +(\\w+) +revision 1 `, "m").exec(text)?.[1])
  expect(shared.sort()).toEqual(["created", "unchanged"])
  for (const text of printed) {
    expect(text).toMatch(/^release:web +created +revision 1 /m)
    expect(text).not.toContain(extra)
  }
  expect(await releasesOf(base)).toBe(1)
  expect(JSON.parse(await call("lock", "--env", environments[0])).clusterReleases).toHaveProperty([base, "made"])
})

test("the cluster is deployed with all that it has, and says so afterwards", async () => {
  const planned = await call("plan", "--cluster", "nonprod")
  // How many steps would change something depends on the tests beside this one, which may be applying the cluster's units.
  expect(planned).toMatch(/^Plan for cluster nonprod on .*: \d of 6 steps/m)
  expect(planned).toMatch(new RegExp(`^release:${base} +unchanged `, "m"))
  expect(planned).toMatch(new RegExp(`^release:${extra} +create `, "m"))
  const printed = await call("deploy", "--cluster", "nonprod")
  expect(printed).toMatch(/^cluster nonprod on the sandbox/)
  expect(printed).toMatch(new RegExp(`^release:${base} +unchanged`, "m"))
  expect(printed).toMatch(new RegExp(`^release:${extra} +created`, "m"))
  for (const name of environments) expect(printed).not.toContain(name)
  const { metadata } = JSON.parse(await kubectl("get", "namespace", extra, "-o", "json"))
  expect(metadata.labels).toMatchObject({
    "wallet-world.cluster": "nonprod",
    "pod-security.kubernetes.io/enforce": "baseline",
  })
  // Another standard is no other release: its namespace alone says it.
  const stricter = [both[0], release(extra, extra)]
  caller.write(clusterFile, `clusterReleases:\n${stricter.join("")}`)
  expect(await call("deploy", "--cluster", "nonprod")).toMatch(new RegExp(`^release:${extra} +updated`, "m"))
  const enforced = `{.metadata.labels.pod-security\\.kubernetes\\.io/enforce}`
  expect(await kubectl("get", "namespace", extra, "-o", `jsonpath=${enforced}`)).toBe("restricted")
  expect(await call("report", "--cluster", "nonprod")).toContain("cluster nonprod on the sandbox")
  const lock = JSON.parse(await call("lock", "--cluster", "nonprod"))
  expect(lock).toMatchObject({ cluster: "nonprod", releases: { [base]: { namespace: base }, [extra]: {} } })
  expect(lock).not.toHaveProperty("environment")
})

test("destroying an environment leaves what is the cluster's", async () => {
  const destroyed = await call("destroy", "--env", environments[0])
  expect(destroyed).toMatch(/^release:web +deleted/m)
  expect(destroyed).not.toContain(`release:${base}`)
  expect(await releasesOf(base)).toBe(1)
  expect(await call("deploy", "--env", environments[1])).toMatch(new RegExp(`^release:${base} +unchanged`, "m"))
})

test("an environment cannot take the cluster's namespace, even where its files do not say whose it is", async () => {
  caller.write(
    `environments/${environments[0]}.yaml`,
    own(environments[0]).replaceAll(`namespace: ${environments[0]}`, `namespace: ${extra}`),
  )
  caller.write(clusterFile, `clusterReleases:\n${both[0]}`)
  expect(errorOf(await caller.call(["deploy", "--env", environments[0]]))).toContain(
    `namespace ${extra} is cluster nonprod's; it was left alone`,
  )
  caller.write(`environments/${environments[0]}.yaml`, own(environments[0]))
})

test("what the files no longer name goes with a deployment of the cluster, not of an environment", async () => {
  caller.write(clusterFile, `clusterReleases:\n${both[0]}`)
  expect(await call("deploy", "--env", environments[1])).not.toContain(extra)
  expect(await call("plan", "--cluster", "nonprod")).toMatch(new RegExp(`^release:${extra}/${extra} +delete `, "m"))
  const printed = await call("deploy", "--cluster", "nonprod")
  expect(printed).toMatch(new RegExp(`^release:${extra}/${extra} +deleted`, "m"))
  expect(await kubectl("get", "namespaces", "-o", "name")).not.toContain(extra)
})

test("an environment or a cluster is named, and one of them; a cluster has no environment's infrastructure", async () => {
  const infra = ["infra", "--cluster", "nonprod", "--action", "outputs", "--scope"]
  expect(JSON.parse(await call(...infra, "cluster"))).toHaveProperty(["eks", "cluster_name"])
  expect(errorOf(await caller.call([...infra, "environment"]))).toContain(
    "cluster nonprod has no infrastructure of the scope environment",
  )
  for (const named of [[], ["--env", environments[0], "--cluster", "nonprod"]])
    expect(errorOf(await caller.call(["plan", ...named]))).toMatch(
      new RegExp(`give one of --env \\(${environments.join(", ")}\\) and --cluster \\(nonprod\\)`),
    )
})
