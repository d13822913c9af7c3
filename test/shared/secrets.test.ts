// No secret is shown anywhere: all that a call prints, records, renders or logs is searched for every secret that there is.
import { randomUUID } from "node:crypto"
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientOptions } from "../../ci/pipeline/tools/aws.js"
import { stateBucket } from "../../ci/pipeline/tools/s3.js"
import { Caller, deploymentTemplate, firstRepository, withSecrets, works } from "../module/caller.js"
import { account, hostKubectl, hostTarget, region } from "../module/cluster.js"
import { leaks } from "../module/leaks.js"
import { TenantRepository } from "../module/tenant.js"
import { command, type Ended, request, root, sandboxPort, write } from "../module/world.js"
import { temporary } from "../temporary.js"

// The environment of tenant.test.ts and roles.test.ts: it hands a release over, so it knows Secrets of others.
const shared = "preview-dev"
const failing = `hush-${randomUUID().slice(0, 4)}`

/** A password that every encoding writes differently. */
const canary = `k-${randomUUID()}"w\\o?r/d+<&>'ü %`

/** What is secret and has no name of its own: tokens are known by how they begin. */
const tokens: Record<string, RegExp> = {
  "a token for Kubernetes": /k8s-aws-v1\.[\w-]{100}/,
  "a session token of AWS": /X-Amz-Security-Token=[\w%]{20}/i,
}

let port: number
let caller: Caller
let kubectl: (...args: string[]) => Promise<string>
const place = () => ({ target: hostTarget(port), account, region })
const client = (name: string) => createRequire(join(root, "ci/package.json"))(`@aws-sdk/client-${name}`)

/** All that could hold a secret, by what it is. */
const texts: Record<string, string> = {}
const keep = (what: string, { stdout, stderr }: Ended) =>
  Object.assign(texts, { [`stdout of ${what}`]: stdout, [`stderr of ${what}`]: stderr })

/** Credentials of a session of its own, so that its keys are known here. */
let session: Record<"AccessKeyId" | "SecretAccessKey" | "Token", string>
const as = () => ({ GIVEN: JSON.stringify(session), WALLET_WORLD_SANDBOX: String(port) })
const options = ["--progress=plain"]
const credentials = "--aws-credentials=env://GIVEN"

async function call(...args: string[]): Promise<Ended> {
  const ended = await command(join(root, "daggerw"), [...options, "call", credentials, ...args], { env: as() })
  keep(args.slice(0, 4).join(" "), ended)
  return ended
}

beforeAll(async () => {
  port = sandboxPort()
  session = JSON.parse((await request(port, "localhost", `/credentials?account=${account}`)).text)
  const { SecretsManagerClient, CreateSecretCommand } = client("secrets-manager")
  const manager = new SecretsManagerClient(await clientOptions(place()))
  const create = (Name: string, SecretString: string) => manager.send(new CreateSecretCommand({ Name, SecretString }))
  const { ARN } = await create(`wallet-world/${failing}/canary`, JSON.stringify({ password: canary }))
  // Somebody else has made a secret of the name that the unit wants to create.
  await create(`wallet-world/nonprod/${failing}/taken`, "somebody else's value")
  caller = new Caller(failingRepository(ARN))
  caller.addUnwanted()
})
afterAll(async () => {
  await caller?.daggerw([credentials, "destroy", "--env", failing], as())
  caller?.remove()
})

/** An environment in which each kind of step fails; its program prints its password and never becomes ready. */
function failingRepository(arn: string): Record<string, string> {
  const tells = [
    'echo "raw: $PASSWORD"',
    'printf "base64: %s" "$(printf %s "$PASSWORD" | base64 -w 0)"; echo',
    `printf '{"json": "%s"}' "$(printf %s "$PASSWORD" | sed 's/[\\\\"]/\\\\&/g')"; echo`,
    "sleep 600",
  ].join("; ")
  const values = (image: string, script: string) =>
    `{ image: "\${images.${image}}", disk: 1Mi, script: ${JSON.stringify(script)} }`
  const chart = (name: string) => ({
    [`charts/${name}/Chart.yaml`]: `apiVersion: v2\nname: ${name}\nversion: 0.0.1\n`,
    [`charts/${name}/templates/pod.yaml`]: deploymentTemplate([
      "command: [sh, -c, {{ .Values.script | quote }}]",
      'readinessProbe: { exec: { command: ["false"] }, periodSeconds: 1 }',
      "env: [{ name: PASSWORD, valueFrom: { secretKeyRef: { name: canary, key: password } } }]",
    ]),
  })
  return {
    ...chart("dapp-store"),
    ...chart("broken"),
    "charts/broken/values.yaml": "a: b: c\n",
    [`environments/${failing}.yaml`]: `${withSecrets}  telltale:
    chart: dapp-store
    namespace: ${failing}
    timeout: 30
    secrets: { canary: { password: { arn: "${arn}", field: password } } }
    values: ${values("program", tells)}
  imageless: { chart: dapp-store, namespace: ${failing}, timeout: 30, values: ${values("unwanted", works)} }
  chartless: { chart: broken, namespace: ${failing}, timeout: 30, values: ${values("program", works)} }
`,
  }
}

/** Every secret in Secrets Manager and in the cluster, and the keys of this session. */
async function allSecrets(): Promise<Record<string, string>> {
  const { SecretsManagerClient, ListSecretsCommand, GetSecretValueCommand } = client("secrets-manager")
  const manager = new SecretsManagerClient(await clientOptions(place()))
  const { SecretList } = await manager.send(new ListSecretsCommand({ MaxResults: 100 }))
  const found: Record<string, string> = {
    "the secret key of AWS": session.SecretAccessKey,
    "the session": session.Token,
  }
  for (const { Name, ARN } of SecretList) {
    const value = await manager.send(new GetSecretValueCommand({ SecretId: ARN })).catch((error: Error) => {
      // Its unit failed before it gave it a value.
      if (error.name !== "ResourceNotFoundException") throw error
    })
    const { SecretString = "" } = value ?? {}
    found[Name] = SecretString
    if (SecretString.startsWith("{"))
      for (const [key, value] of Object.entries(JSON.parse(SecretString))) found[`${key} of ${Name}`] = String(value)
  }
  interface Secret {
    metadata: { name: string; namespace: string }
    type: string
    data?: Record<string, string>
  }
  const list: Secret[] = JSON.parse(await kubectl("get", "secrets", "-A", "-o", "json")).items
  for (const { metadata, type, data } of list.filter(({ type }) => !type.startsWith("helm.sh/")))
    for (const [key, value] of Object.entries(data ?? {}))
      found[`${key} of ${metadata.namespace}/${metadata.name} (${type})`] = Buffer.from(value, "base64").toString()
  // Names of users and certificates are nobody's secret.
  return Object.fromEntries(Object.entries(found).filter(([name]) => !/^(username|ca\.crt|tls\.crt) of/.test(name)))
}

/** Every document in the state bucket. */
async function bucket(): Promise<Record<string, string>> {
  const { S3Client, ListObjectsV2Command, GetObjectCommand } = client("s3")
  const s3 = new S3Client({ ...(await clientOptions(place())), forcePathStyle: true })
  const Bucket = stateBucket(place())
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket }))
  const documents = Contents.map(async ({ Key }: { Key: string }) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return [`${Key} in the state bucket`, await Body.transformToString()]
  })
  return Object.fromEntries(await Promise.all(documents))
}

/** The logs of the sandbox's parts, which lie in its one node. */
async function sandboxLogs(): Promise<Record<string, string>> {
  const { ECRClient, DescribeImagesCommand } = client("ecr")
  const ecr = new ECRClient(await clientOptions(place()))
  const { imageDetails } = await ecr.send(new DescribeImagesCommand({ repositoryName: firstRepository }))
  // The program's image is one that has a shell; the table of its deployment says which it is.
  const [, short = "none"] = /^image:program +\w+ +(sha256:\w+)/m.exec(texts[`stderr of deploy of ${failing}`]) ?? []
  const { imageDigest } = imageDetails.find((one: { imageDigest: string }) => one.imageDigest.startsWith(short))
  const image = `${account}.dkr.ecr.${region}.sandbox.test:${port}/${firstRepository}@${imageDigest}`
  const name = `logs-${randomUUID().slice(0, 8)}`
  const program = 'cd /log && for file in *.log; do echo "== $file"; cat "$file"; done'
  const container = {
    name,
    image,
    command: ["sh", "-c", program],
    securityContext: { runAsUser: 0 },
    volumeMounts: [{ name: "log", mountPath: "/log" }],
  }
  const spec = {
    restartPolicy: "Never",
    containers: [container],
    volumes: [{ name: "log", hostPath: { path: "/data/log" } }],
  }
  await kubectl(
    "run",
    name,
    "-n",
    "default",
    `--image=${image}`,
    "--restart=Never",
    `--overrides=${JSON.stringify({ spec })}`,
  )
  await kubectl("wait", "-n", "default", `pod/${name}`, "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
  const text = await kubectl("logs", name, "-n", "default")
  await kubectl("delete", "pod", name, "-n", "default", "--wait=false")
  expect(text).toContain("== cloud.log")
  return { "the logs of the sandbox's parts": text }
}

/** The log of the kept sandbox on this machine, and of the engine where it is the toolchain's. */
async function hostLogs(): Promise<Record<string, string>> {
  const paths = await Promise.all(
    ["sandbox", "toolchain"].map(async (what) => {
      const { stdout } = await command(join(root, "daggerw"), [what, "status"])
      return /^log +(.+)$/m.exec(stdout)?.[1]
    }),
  )
  const logs = paths.filter((path): path is string => path !== undefined && existsSync(path))
  return Object.fromEntries(logs.map((path) => [path, readFileSync(path, "utf8")]))
}

test("calls that work, and one that fails in each kind of step", async () => {
  expect(await call("deploy", "--env", shared)).toMatchObject({ code: 0 })
  kubectl = await hostKubectl(port)
  const failed = await caller.daggerw([credentials, "deploy", "--env", failing], as())
  keep(`deploy of ${failing}`, failed)
  for (const step of ["infra:environment", "image:unwanted", "chart:broken", "release:telltale"])
    expect(failed.stderr).toMatch(new RegExp(`^${step} +failed`, "m"))
  // The program's last words are shown, without the password.
  expect(failed.stderr).toMatch(/\| raw: \*\*\*/)
  expect(failed.stderr).toMatch(/\| base64: \*\*\*/)
  expect(failed.stderr).toMatch(/\| \{"json": "\*\*\*"\}/)

  const rendered = temporary("rendered")
  await Promise.all([
    call("plan", "--env", shared).then(() => call("plan", "--env", shared, "--drift")),
    (async () => {
      for (const name of ["report", "lock", "export-argocd", "doctor"]) await call(name, "--env", shared)
      await call("tenant", "--name", "dapp-store")
      await call("infra", "--env", shared, "--scope", "environment", "--action", "plan")
      await call("render", "--env", shared, "export", "--path", rendered)
    })(),
  ])
  keep(`plan of ${failing}`, await caller.daggerw([credentials, "plan", "--env", failing], as()))
  keep(`report of ${failing}`, await caller.daggerw([credentials, "report", "--env", failing], as()))
  for (const path of readdirSync(rendered, { recursive: true, encoding: "utf8" }).filter((one) =>
    one.endsWith(".yaml"),
  ))
    texts[`rendered ${path}`] = readFileSync(join(rendered, path), "utf8")
  rmSync(rendered, { recursive: true })
})

test("no secret is in what they printed, recorded or rendered, nor in any log", async () => {
  const secrets = await allSecrets()
  expect(Object.values(secrets)).toContain(canary)
  expect(Object.keys(secrets)).toContain("wallet-world/state-encryption")
  keep(`destroy of ${failing}`, await caller.daggerw([credentials, "destroy", "--env", failing], as()))
  Object.assign(texts, await bucket(), await sandboxLogs(), await hostLogs())
  expect(Object.keys(texts).length).toBeGreaterThan(30)
  expect(leaks(secrets, texts)).toEqual([])
  for (const [name, pattern] of Object.entries(tokens))
    for (const [where, text] of Object.entries(texts)) expect(pattern.test(text), `${name} in ${where}`).toBe(false)
})

describe("with masking switched off", () => {
  let clone: TenantRepository
  beforeAll(() => {
    clone = new TenantRepository(port)
    const file = join(clone.source, "ci/pipeline/model/text/mask.ts")
    const masking = readFileSync(file, "utf8")
    // Each secret that the module comes to know becomes a canary: it is said aloud.
    const open = masking
      .replace(/(know\(value: string\): string \{)/, "$1\n    console.log(`canary ${value}`)")
      .replace(/(hide\(text: string\): string \{)/, "$1\n    return text")
    expect(open.length).toBeGreaterThan(masking.length + 40)
    write(file, open)
  })
  afterAll(() => clone?.remove())

  test("the search finds a secret of each kind", async () => {
    const args = [...options, "-m", clone.source, "call", credentials, "deploy", "--env", failing]
    const { stdout, stderr } = await command(join(root, "daggerw"), args, { cwd: caller.path, env: as() })
    const secrets = await allSecrets()
    const found = leaks(secrets, { stdout, stderr }).join("\n")
    for (const kind of [
      "the secret key of AWS in stderr",
      "the session in stderr",
      "wallet-world/state-encryption in stderr",
      `password of wallet-world/${failing}/canary in stderr, as it is`,
      `password of ${failing}/canary (Opaque) in stderr, as it is`,
    ])
      expect(found).toContain(kind)
    expect(stderr).toMatch(tokens["a token for Kubernetes"])
    // What a program printed in other forms is found there, too.
    const said = (form: string) =>
      stderr
        .split("\n")
        .filter((line) => line.includes(`| ${form}`))
        .join("\n")
    expect(leaks({ canary }, { log: said("base64: ") })).toEqual(["canary in log, as base64"])
    expect(leaks({ canary }, { log: said('{"json": ') })).toEqual(["canary in log, escaped as JSON"])
  })
})
