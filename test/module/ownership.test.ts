// What an environment owns in the cluster: what its file no longer names is deleted, what is not its own is left alone.
import { randomUUID } from "node:crypto"
import { afterAll, beforeAll, expect, test } from "vitest"
import { Caller, errorOf, works } from "./caller.js"
import { hostKubectl } from "./cluster.js"
import { returned, sandboxPort } from "./world.js"

const environment = `own-${randomUUID().slice(0, 4)}`
const [kept, left, foreign] = ["kept", "left", "foreign"].map((name) => `${environment}-${name}`)
const file = `environments/${environment}.yaml`
const label = `wallet-world.environment=${environment}`

/** What releases have beside their pod: a role of the whole cluster, a hook that says goodbye, an object of a kind of its own. */
const more = `{{- if .Values.role }}
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: {{ .Values.role }} }
rules: [{ apiGroups: [""], resources: [pods], verbs: [get] }]
{{- end }}
{{- if .Values.goodbye }}
---
apiVersion: batch/v1
kind: Job
metadata: { name: goodbye, annotations: { helm.sh/hook: pre-delete } }
spec:
  backoffLimit: 0
  template:
    spec:
      restartPolicy: Never
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: goodbye
          image: {{ .Values.image }}
          command: [sh, -c, {{ .Values.goodbye | quote }}]
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
{{- end }}
{{- if .Values.widget }}
---
apiVersion: {{ .Values.widget }}.example.org/v1
kind: Widget
metadata: { name: one }
{{- end }}
`
const group = `${environment}.example.org`
const widgets = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
`
/** Values of releases, by name. */
const values: Record<string, string> = {
  web: `, role: ${environment}`,
  renamed: `, role: ${environment}`,
  old: ', goodbye: "echo the hook refuses; exit 3"',
  gone: `, widget: ${environment}`,
}

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
    values: { image: "\${images.program}", script: ${JSON.stringify(script)}, disk: 1Mi${values[name] ?? ""} }
`

let caller: Caller
let kubectl: (...args: string[]) => Promise<string>

const call = (...args: string[]) => caller.call([...args, "--env", environment])
const names = async (kind: string, ...args: string[]) =>
  (await kubectl("get", kind, ...args, "-o", "custom-columns=:metadata.name", "--no-headers"))
    .split("\n")
    .filter(Boolean)
const releasesIn = (namespace: string) => names("secrets", "-n", namespace, "-l", `owner=helm,${label}`)

beforeAll(async () => {
  const port = sandboxPort()
  caller = new Caller({
    [file]: text({ web: kept, old: kept, gone: left }),
    "charts/dapp-store/templates/more.yaml": more,
    // Helm makes it with the first release, and leaves it there.
    "charts/dapp-store/crds/widgets.yaml": widgets,
  })
  kubectl = await hostKubectl(port)
  returned(await call("deploy"))
})
afterAll(() => caller.remove())

test("what a deployment makes says whose it is", async () => {
  expect(await names("namespaces", "-l", label)).toEqual([kept, left])
  expect(await releasesIn(kept)).toHaveLength(2)
  expect(await releasesIn(left)).toHaveLength(1)
})

test("what the file no longer names is in the plan, and of a protected environment nothing is deleted unasked", async () => {
  caller.write(file, text({ web: kept }, `${works} # changed`, "protected: true"))
  const planned = returned(await call("plan"))
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

test("it goes with a deployment that is confirmed, whatever its hooks do, and whether or not its kinds are known", async () => {
  await kubectl("delete", "crd", `widgets.${group}`)
  const deployed = returned(await call("deploy", "--confirm", environment))
  expect(deployed).toMatch(/^release:web +updated/m)
  for (const step of [`release:${kept}/old`, `release:${left}/gone`, `namespace:${left}`])
    expect(deployed).toMatch(new RegExp(`^${step} +deleted`, "m"))
  expect(deployed).toMatch(
    new RegExp(`^release:${kept}/old: uninstalling failed: .*the hook refuses.*without hooks`, "ms"),
  )
  expect(deployed).toContain(`Helm cannot address Widget one: of a kind that the cluster does not know, ${group}/v1.`)
  expect(await names("namespaces", "-l", label)).toEqual([kept])
  expect(await names("deployments,secrets", "-n", kept)).toEqual([
    "web",
    "sh.helm.release.v1.web.v1",
    "sh.helm.release.v1.web.v2",
    "web-login",
  ])
})

test("what was renamed goes first where it owns an object whose name stays, and the plan says so", async () => {
  caller.write(file, text({ renamed: kept }))
  const first = `release web in namespace ${kept}`
  expect(returned(await call("plan"))).toMatch(
    new RegExp(
      `^release:renamed +create +not installed; ${first} goes first: it owns ClusterRole ${environment}$`,
      "m",
    ),
  )
  expect(returned(await call("deploy"))).toContain(`${first} was removed first: it owns ClusterRole ${environment}`)
  expect(await names("clusterroles", environment)).toEqual([environment])
  expect(await names("deployments,secrets", "-n", kept)).toEqual([
    "renamed",
    "renamed-login",
    "sh.helm.release.v1.renamed.v1",
  ])
  expect(returned(await call("report"))).toMatch(/; finished; lock/)
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
  const destroyed = returned(await call("destroy"))
  expect(destroyed).toMatch(new RegExp(`^release:${kept}/renamed +deleted`, "m"))
  expect(await names("clusterroles", "--field-selector", `metadata.name=${environment}`)).toEqual([])
  expect(await names("namespaces", "-l", label)).toEqual([])
  expect(await names("secrets", "-n", foreign)).toEqual(["mine"])
  await kubectl("delete", "namespace", foreign)
  await kubectl("delete", "crd", `widgets.${group}`)
})
