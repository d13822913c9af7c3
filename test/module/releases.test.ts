// Releases are what they say: refused, killed, broken by hand, with hooks that fail, with secrets that change.
import { spawn } from "node:child_process"
import { randomUUID } from "node:crypto"
import { createRequire } from "node:module"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { clientOptions } from "../../ci/pipeline/tools/aws.js"
import { Documents } from "../../ci/pipeline/tools/s3.js"
import { eksTokens } from "../../ci/pipeline/tools/sts.js"
import { Caller, errorOf } from "./caller.js"
import { account, clusterName, hostKubectl, hostProgram, hostTarget, region } from "./cluster.js"
import { command, request, root, sandboxAddress, sandboxPort, tool, write } from "./world.js"

const environment = `odd-${randomUUID().slice(0, 4)}`
const file = `environments/${environment}.yaml`
const place = () => ({ target: hostTarget(port), account, region })

/** Two Deployments, one without any label of Helm's, a Service, a ConfigMap, a Secret, what Kubernetes refuses, and a hook. */
const templates = `{{- define "pod" }}
      terminationGracePeriodSeconds: 1
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
{{- end }}
{{- define "limits" }}
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
{{- end }}
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  {{- with .Values.replicas }}
  replicas: {{ . }}
  {{- end }}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: {{ include "pod" . }}
      containers:
        - name: web
          image: {{ .Values.image }}
          command: [sh, -c, "sleep {{ .Values.delay }}; touch /tmp/ready; sleep infinity"]
          envFrom: [{ secretRef: { name: login } }]
          readinessProbe: { exec: { command: [test, -e, /tmp/ready] }, periodSeconds: 1 }{{ include "limits" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: other }
spec:
  selector: { matchLabels: { app: other } }
  template:
    metadata: { labels: { app: other } }
    spec: {{ include "pod" . }}
      containers:
        - name: other
          image: {{ .Values.image }}
          command: [sleep, infinity]{{ include "limits" . }}
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80 }] }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { note: {{ .Values.note | quote }} }
---
apiVersion: v1
kind: Secret
metadata: { name: made-by-the-chart }
stringData: { note: {{ .Values.note | quote }} }
{{- if .Values.refused }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: refused }
spec:
  selector: { matchLabels: { app: refused } }
  template:
    metadata: { labels: { app: refused } }
    spec: { containers: [{ name: refused, image: {{ .Values.image }} }] }
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: nowhere }
spec: { storageClassName: none, accessModes: [ReadWriteOnce], resources: { requests: { storage: 1Mi } } }
{{- end }}
{{- if .Values.hook }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: before
  annotations: { helm.sh/hook: "pre-upgrade,pre-rollback" }
spec:
  backoffLimit: 0
  template:
    spec: {{ include "pod" . }}
      restartPolicy: Never
      containers:
        - name: before
          image: {{ .Values.image }}
          command: [sh, -c, {{ .Values.hook | quote }}]
          envFrom: [{ configMapRef: { name: switch, optional: true } }]{{ include "limits" . }}
{{- end }}
`

interface Values {
  replicas?: number | null
  delay?: number
  note?: string
  hook?: string
  refused?: boolean
}

const passwords = [randomUUID(), randomUUID()]
let port: number
let caller: Caller
let kubectl: (...args: string[]) => Promise<string>
let helm: (...args: string[]) => Promise<string>
let arn: string
let values: Values = {}

/** Writes the environment with some values changed; those of before stay. */
function set(change: Values): void {
  values = { ...values, ...change }
  const { replicas = 1, delay = 0, note = "first", hook = "", refused = false } = values
  caller.write(
    file,
    `cluster: nonprod
tier: nightly
releases:
  web:
    chart: dapp-store
    namespace: ${environment}
    timeout: 90
    secrets: { login: { PASSWORD: { arn: "${arn}" } } }
    values: { image: "\${images.program}", replicas: ${replicas}, delay: ${delay}, note: ${note}, hook: ${JSON.stringify(hook)}, refused: ${refused} }
`,
  )
}

const deploy = () => caller.call(["deploy", "--env", environment])
const plan = async () => {
  const { code, stdout, stderr } = await caller.call(["plan", "--env", environment])
  expect(code, stderr.slice(-3000)).toBe(0)
  return stdout.split("\n").find((line) => line.startsWith("release:web ")) ?? stdout
}
/** Deploys, and returns what happened to the release and all that was said. */
const deployed = async () => {
  const { code, stdout, stderr } = await deploy()
  expect(code, `${stdout}\n${stderr.slice(-5000)}`).toBe(0)
  return { row: stdout.split("\n").find((line) => line.startsWith("release:web ")) ?? stdout, said: stdout + stderr }
}
/** The revisions of the release, such as "1 superseded". */
const revisions = async (): Promise<string[]> =>
  JSON.parse(await kubectl("get", "secrets", "-n", environment, "-l", "owner=helm,name=web", "-o", "json"))
    .items.map(({ metadata }: { metadata: { labels: Record<string, string> } }) => metadata.labels)
    .sort((one: { version: string }, other: { version: string }) => Number(one.version) - Number(other.version))
    .map(({ version, status }: { version: string; status: string }) => `${version} ${status}`)
const note = async () =>
  (await kubectl("get", "configmap", "settings", "-n", environment, "-o", "jsonpath={.data.note}")).trim()
const inPod = (...args: string[]) => kubectl("exec", "-n", environment, "deployment/web", "--", ...args)

async function secretsManager(name: string, input: object): Promise<{ ARN: string }> {
  const sdk = createRequire(join(root, "ci/package.json"))("@aws-sdk/client-secrets-manager")
  return new sdk.SecretsManagerClient(await clientOptions(place())).send(new sdk[name](input))
}

beforeAll(async () => {
  port = sandboxPort()
  kubectl = await hostKubectl(port)
  helm = await hostProgram("helm", port)
  caller = new Caller({
    "charts/dapp-store/values.schema.json": JSON.stringify({ properties: { replicas: { maximum: 3 } } }),
    "charts/dapp-store/templates/pod.yaml": templates,
  })
  arn = (await secretsManager("CreateSecretCommand", { Name: `odd/${environment}`, SecretString: passwords[0] })).ARN
  set({})
  expect((await deployed()).row).toMatch(/created +revision 1/)
  set({ note: "second", hook: '[ "$BREAK" != yes ] || { echo the hook refuses >&2; exit 3; }' })
  expect((await deployed()).row).toMatch(/updated +revision 2/)
})
afterAll(() => caller?.remove())

describe("a value that the chart's schema refuses", () => {
  let errors: string[]
  beforeAll(async () => {
    set({ replicas: 9 })
    errors = [errorOf(await deploy()), errorOf(await deploy())]
    set({ replicas: 1 })
  })

  test("is said in the chart's words", () => {
    for (const error of errors) expect(error).toMatch(/release:web: .*replicas.*maximum.*3/s)
  })

  test("touches nothing, however often it is tried", async () => {
    expect(await revisions()).toEqual(["1 superseded", "2 deployed"])
    expect(await note()).toBe("second")
    for (const error of errors) expect(error).toContain("revision 2 was left as it is")
  })
})

describe("objects that somebody has removed or changed", () => {
  test("are named by plan and put right by deploy, whatever their kind and labels", async () => {
    await kubectl(
      "delete",
      "deployment/web",
      "service/web",
      "configmap/settings",
      "secret/made-by-the-chart",
      "-n",
      environment,
    )
    await kubectl("scale", "deployment/other", "--replicas=0", "-n", environment)
    const planned = await plan()
    for (const title of ["Deployment web", "Service web", "ConfigMap settings", "Secret made-by-the-chart"])
      expect(planned).toContain(`${title}: not there`)
    expect(planned).toContain("Deployment other: scaled to 0")
    expect((await deployed()).row).toMatch(/updated/)
    expect(await note()).toBe("second")
    expect(await kubectl("get", "deployment", "other", "-n", environment, "-o", "jsonpath={.spec.replicas}")).toBe("1")
  })

  test("what cannot be pulled is not ready; what Kubernetes itself adds is no change", async () => {
    expect(await plan()).toContain("unchanged")
    await kubectl("scale", "deployment/web", "--replicas=0", "-n", environment)
    await kubectl("set", "image", "deployment/other", "other=none.example.org/none:1", "-n", environment)
    await kubectl("patch", "secret", "login", "-n", environment, "-p", '{"stringData":{"PASSWORD":"by hand"}}')
    const planned = await plan()
    expect(planned).toContain("Deployment other: not as applied (spec.template.spec.containers[other].image)")
    expect(planned).toContain("Deployment web: not as applied (spec.replicas)")
    expect(planned).toContain("Secret login: changed by somebody else (PASSWORD)")
    expect((await deployed()).row).toMatch(/updated/)
    expect(await plan()).toContain("unchanged")
  })
})

test("a revision that somebody made with Helm is named by plan and replaced by deploy, with pods where it had none", async () => {
  const chart = join(caller.path, "charts/dapp-store")
  await helm("upgrade", "web", chart, "-n", environment, "--reuse-values", "--set", "note=by-hand")
  const revision = (await revisions()).at(-1)?.split(" ")[0]
  expect(await note()).toBe("by-hand")
  expect(await plan()).toContain(`revision ${revision} was not made by this module`)
  await kubectl("scale", "deployment/web", "--replicas=0", "-n", environment)
  set({ replicas: null })
  expect((await deployed()).row).toMatch(/updated/)
  expect(await note()).toBe("second")
  expect(await kubectl("get", "deployment", "web", "-n", environment, "-o", "jsonpath={.status.readyReplicas}")).toBe(
    "1",
  )
  expect(await plan()).toContain("unchanged")
})

test("a new value in Secrets Manager reaches the pods that use it", async () => {
  expect(await inPod("sh", "-c", 'echo "$PASSWORD"')).toBe(`${passwords[0]}\n`)
  await secretsManager("PutSecretValueCommand", { SecretId: arn, SecretString: passwords[1] })
  expect(await plan()).toContain("Secret login: a new value")
  const { row, said } = await deployed()
  expect(row).toMatch(/updated/)
  expect(said).toContain("restarts Deployment web")
  expect(said).not.toContain("restarts Deployment other")
  expect(await inPod("sh", "-c", 'echo "$PASSWORD"')).toBe(`${passwords[1]}\n`)
  expect(await plan()).toContain("unchanged")
})

test("a hook that worked once and then fails stops neither the way back nor the next correction", async () => {
  const before = (await revisions()).at(-1)?.split(" ")[0]
  await kubectl("create", "configmap", "switch", "--from-literal=BREAK=yes", "-n", environment)
  set({ note: "third" })
  const error = errorOf(await deploy())
  expect(error).toContain("the hook refuses")
  expect(error.indexOf("pre-upgrade hooks failed")).toBeLessThan(error.indexOf("rolled back to"))
  expect(error).toContain(`rolled back to revision ${before}, the last good one`)
  expect((await revisions()).at(-1)).toMatch(/ deployed$/)
  expect(await note()).toBe("second")
  // What is broken stays broken: the chart alone is corrected.
  set({ hook: "" })
  expect((await deployed()).row).toMatch(/updated/)
  expect(await note()).toBe("third")
})

test("a deployment killed in an upgrade: the next one fails, and what was good runs on", async () => {
  const before = (await revisions()).at(-1)?.split(" ")[0]
  const [uid] = [await kubectl("get", "deployment", "web", "-n", environment, "-o", "jsonpath={.metadata.uid}")]
  set({ hook: "sleep 600", note: "fourth" })
  const args = ["-m", root, "call", "deploy", "--env", environment]
  const killed = spawn(join(root, "daggerw"), args, { cwd: caller.path, detached: true, stdio: "ignore" })
  await expect
    .poll(revisions, { timeout: 180_000, interval: 1_000 })
    .toContainEqual(expect.stringMatching(/pending-upgrade/))
  process.kill(-Number(killed.pid), "SIGKILL")
  // It would end by itself, two minutes after the run was last seen.
  await Documents.in(place()).remove(`leases/environments/${environment}.json`)

  set({ replicas: 9, hook: "" })
  const error = errorOf(await deploy())
  expect(error).toMatch(/replicas.*maximum.*3/s)
  expect(error).toContain(`left half upgraded by a run that ended early: rolled back to revision ${before}`)
  expect(await kubectl("get", "deployment", "web", "-n", environment, "-o", "jsonpath={.metadata.uid}")).toBe(uid)
  expect((await revisions()).at(-1)).toMatch(/ deployed$/)
  set({ replicas: 1 })
  expect((await deployed()).row).toMatch(/updated/)
})

test("what takes longer to be ready than a token is good for becomes ready, and the log says what it waits for", async () => {
  // As old as the wait is long: the sandbox must have been started with a shorter life of tokens.
  const [{ token }] = (await eksTokens({ ...place() }, clusterName, 1)).tokens
  set({ delay: 55 })
  const { row, said } = await deployed()
  expect(row).toMatch(/updated/)
  expect(said).toMatch(/release:web: waiting for pod web-\S+: container web: running, not ready/)
  const old = await command(await tool("kubectl"), await asToken(token))
  expect(
    old.code,
    "the sandbox was started without WALLET_WORLD_SANDBOX_TOKEN_SECONDS: `./daggerw sandbox reset`",
  ).not.toBe(0)
})

test("without Helm's records: what runs is named by plan, stays where the installation fails, and is taken over", async () => {
  const running = () => kubectl("get", "deployment", "other", "-n", environment, "-o", "jsonpath={.metadata.uid}")
  const uid = await running()
  await kubectl("delete", "secrets", "-l", "owner=helm,name=web", "-n", environment)
  expect(await plan()).toMatch(/not installed; Helm's records are gone, but these are there: .*Deployment other/)
  set({ delay: 600 })
  caller.edit(file, "timeout: 90", "timeout: 20")
  expect(errorOf(await deploy())).toContain("objects of the release were there before it, which stay")
  expect(await running()).toBe(uid)
  expect(await revisions()).toEqual([])
  set({ delay: 0 })
  expect((await deployed()).row).toMatch(/created +revision 1/)
  expect(await running()).toBe(uid)
})

test("a first installation that fails leaves nothing, and says so, and what Kubernetes refuses", async () => {
  await caller.call(["destroy", "--env", environment])
  set({ delay: 600, refused: true })
  caller.edit(file, "timeout: 90", "timeout: 20")
  const ended = await deploy()
  const error = errorOf(ended)
  const refused = /StatefulSet refused: FailedCreate: a pod is forbidden: violates PodSecurity/
  expect(error.match(new RegExp(refused, "g"))).toHaveLength(1)
  expect(error).toMatch(/PersistentVolumeClaim nowhere: ProvisioningFailed: .*"none" not found/)
  expect(ended.stdout + ended.stderr).toMatch(new RegExp(`waiting for ${refused.source}`))
  expect(error).toContain("the release has no good revision: it was uninstalled")
  expect(error).not.toContain("what is done is left alone")
  expect(await revisions()).toEqual([])
  const { code, stderr } = await caller.call(["destroy", "--env", environment])
  expect(code, stderr.slice(-3000)).toBe(0)
})

/** The arguments of a kubectl that asks with one token and nothing else. */
async function asToken(token: string): Promise<string[]> {
  const authority = join(caller.path, ".git/ca.crt")
  write(authority, (await request(port, "localhost", "/ca.crt")).text)
  const server = `https://${sandboxAddress()}:${port}`
  const name = `${clusterName}.eks.${region}.sandbox.test`
  return [
    "--server",
    server,
    "--tls-server-name",
    name,
    "--certificate-authority",
    authority,
    "--token",
    token,
    "get",
    "namespaces",
  ]
}
