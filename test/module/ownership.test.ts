// What an environment owns in the cluster: what its file no longer names is deleted, what is not its own is left alone.
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Caller, errorOf, works } from "./caller.js"
import { hostKubectl } from "./cluster.js"
import { type Ended, sandboxPort } from "./world.js"

const environment = `own-${randomUUID().slice(0, 4)}`
const [kept, left, foreign] = ["kept", "left", "foreign"].map((name) => `${environment}-${name}`)
const file = `environments/${environment}.yaml`
const label = `wallet-world.environment=${environment}`

/** The environment's file; `script` is what web runs. */
const text = (releases: Record<string, string>, script = works, more = "") => `cluster: nonprod
tier: nightly
${more}
infrastructure: { environment: { secrets: { recovery_days: 0, secrets: { login: {} } } } }
releases:
${Object.entries(releases)
  .map(([name, namespace]) => release(name, namespace, script))
  .join("")}`

const release = (name: string, namespace: string, script: string) => `  ${name}:
    chart: dapp-store
    namespace: ${namespace}
    secrets: { ${name}-login: { password: { arn: "\${infra.secrets.arns.login}", field: password } } }
    values: { image: "\${images.program}", script: ${JSON.stringify(script)}, disk: 1Mi }
`

let caller: Caller
let kubectl: (...args: string[]) => Promise<string>

const call = (...args: string[]) => caller.call([...args, "--env", environment])
const names = async (kind: string, ...args: string[]) =>
  (await kubectl("get", kind, ...args, "-o", "custom-columns=:metadata.name", "--no-headers"))
    .split("\n")
    .filter(Boolean)
const releasesIn = (namespace: string) => names("secrets", "-n", namespace, "-l", `owner=helm,${label}`)

function printed({ code, stdout, stderr }: Ended): string {
  if (code !== 0) throw new Error(`ended with ${code}\n${stdout}\n${stderr.slice(-20_000)}`)
  return stdout
}

beforeAll(async () => {
  const port = sandboxPort()
  caller = new Caller({ [file]: text({ web: kept, old: kept, gone: left }) })
  kubectl = await hostKubectl(port)
  printed(await call("deploy"))
})
afterAll(() => caller.remove())

test("what a deployment makes says whose it is", async () => {
  expect(await names("namespaces", "-l", label)).toEqual([kept, left])
  expect(await releasesIn(kept)).toHaveLength(2)
  expect(await releasesIn(left)).toHaveLength(1)
})

test("what the file no longer names is in the plan, and of a protected environment nothing is deleted unasked", async () => {
  caller.write(file, text({ web: kept }, `${works} # changed`, "protected: true"))
  const planned = printed(await call("plan"))
  for (const step of [`release:${kept}/old`, `release:${left}/gone`, `namespace:${left}`])
    expect(planned).toMatch(new RegExp(`^${step} +delete +the environment's file no longer names it`, "m"))
  expect(planned).not.toContain(`namespace:${kept}`)

  const error = errorOf(await call("deploy"))
  expect(error).toContain(`${environment} is protected, and its file no longer names what it owns`)
  for (const what of [`release old in namespace ${kept}`, `release gone in namespace ${left}`, `namespace ${left}`])
    expect(error).toContain(what)
  expect(error).toContain(`--confirm ${environment}`)
  expect(await releasesIn(kept)).toEqual(["sh.helm.release.v1.old.v1", "sh.helm.release.v1.web.v1"])
})

test("it goes with a deployment that is confirmed, with its Secrets; what is named stays", async () => {
  const deployed = printed(await call("deploy", "--confirm", environment))
  expect(deployed).toMatch(/^release:web +updated/m)
  for (const step of [`release:${kept}/old`, `release:${left}/gone`, `namespace:${left}`])
    expect(deployed).toMatch(new RegExp(`^${step} +deleted`, "m"))
  expect(await names("namespaces", "-l", label)).toEqual([kept])
  expect(await names("deployments,secrets", "-n", kept)).toEqual([
    "web",
    "sh.helm.release.v1.web.v1",
    "sh.helm.release.v1.web.v2",
    "web-login",
  ])
})

test("a namespace that somebody has made by hand, with something in it, is left alone", async () => {
  await kubectl("create", "namespace", foreign)
  await kubectl("create", "secret", "generic", "mine", "-n", foreign)
  caller.write(file, text({ web: foreign }))
  const error = errorOf(await call("plan"))
  expect(error).toContain(`namespace ${foreign} exists, has no owner, and contains secrets/mine;`)
  expect(await names("secrets", "-n", foreign)).toEqual(["mine"])
})

test("destroy takes away what is owned, named or not, and nothing else", async () => {
  const destroyed = printed(await call("destroy"))
  expect(destroyed).toMatch(new RegExp(`^release:${kept}/web +deleted`, "m"))
  expect(await names("namespaces", "-l", label)).toEqual([])
  expect(await names("secrets", "-n", foreign)).toEqual(["mine"])
  await kubectl("delete", "namespace", foreign)
})
