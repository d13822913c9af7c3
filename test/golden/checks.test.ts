// The checks themselves: each breach and each loose end is seen, so that an empty list means something.
import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { looseEndsOf } from "./consistency.ts"
import { Charts, changed, exampleFiles, type Manifest, manifestsOf } from "./helm.ts"
import { waysToWrite } from "./outside.ts"
import { breachesOf } from "./restricted.ts"

const values = readFileSync(Object.fromEntries(exampleFiles("dapp-store"))["api.yaml"], "utf8")
const release = manifestsOf(new Charts().render("dapp-store", values))
const existing = { "dapp-store-database": ["password"] }
const of = (kind: string) => release.find((manifest) => manifest.kind === kind) as Manifest
const deployment = of("Deployment")
const pod = "spec.template.spec"
const container = `${pod}.containers.0`

describe("restricted pods", () => {
  it.each([
    [`${pod}.hostNetwork`, true, "hostNetwork"],
    [`${pod}.automountServiceAccountToken`, true, "token"],
    [`${pod}.serviceAccountName`, "default", "service account"],
    [`${pod}.volumes.0`, { name: "database-secret", hostPath: { path: "/" } }, "hostPath"],
    [`${pod}.securityContext.runAsNonRoot`, false, "root"],
    [`${pod}.securityContext.runAsUser`, 0, "numeric user"],
    [`${pod}.securityContext.seccompProfile.type`, "Unconfined", "seccomp"],
    [`${container}.securityContext.runAsNonRoot`, false, "root"],
    [`${container}.securityContext.privileged`, true, "privileged"],
    [`${container}.securityContext.allowPrivilegeEscalation`, null, "escalate"],
    [`${container}.securityContext.readOnlyRootFilesystem`, null, "root file system"],
    [`${container}.securityContext.capabilities.drop`, ["NET_RAW"], "keeps capabilities"],
    [`${container}.securityContext.capabilities.add`, ["SYS_ADMIN"], "adds capabilities"],
    [`${container}.ports.0.hostPort`, 80, "port of the host"],
    [`${container}.image`, "example.com/api:1", "digest"],
    [`${container}.resources.limits`, null, "limit"],
    [`${container}.livenessProbe`, null, "livenessProbe"],
    [`${container}.env`, [{ name: "PGPASSWORD", value: "x" }], "PGPASSWORD"],
    [`${pod}.initContainers`, [{ name: "init", image: "x" }], "init"],
  ])("%s = %j is seen", (path, value, seen) => {
    expect(breachesOf(deployment)).toEqual([])
    expect(breachesOf(changed(deployment, path, value)).join()).toContain(seen)
  })

  it("sees ports of nodes, load balancers and secrets", () => {
    expect(breachesOf(changed(of("Service"), "spec.type", "LoadBalancer"))).toHaveLength(1)
    expect(breachesOf(changed(of("Service"), "spec.ports.0.nodePort", 30000))).toHaveLength(1)
    expect(breachesOf({ kind: "Secret", metadata: { name: "x" } })).toHaveLength(1)
  })
})

describe("loose ends", () => {
  const without = (kind: string) => release.filter((manifest) => manifest.kind !== kind)
  const replaced = (kind: string, path: string, value: unknown) => [...without(kind), changed(of(kind), path, value)]

  it.each([
    ["no Service", without("Service"), "no Service api"],
    ["no service account", without("ServiceAccount"), "no service account api"],
    ["no disruption budget", without("PodDisruptionBudget"), "no disruption budget"],
    ["an object twice", [...release, of("Service")], "twice"],
    ["another port", replaced("Service", "spec.ports.0.targetPort", "https"), "port https"],
    ["another selector", replaced("Service", "spec.selector", { app: "x" }), "selects 0"],
    [
      "another address",
      replaced("Deployment", `${container}.env.0`, { name: "API_URL", value: "http://x" }),
      "API_URL: there is no Service x",
    ],
    ["another mount", replaced("Deployment", `${container}.volumeMounts.0.name`, "x"), "mounts no volume x"],
    ["another Secret", replaced("Deployment", `${pod}.volumes.0.secret.secretName`, "x"), "no Secret x"],
    ["another key", replaced("Deployment", `${pod}.volumes.0.secret.items.0.key`, "x"), "no key x"],
    ["no labels", replaced("Service", "metadata.labels", {}), "no label"],
  ])("%s is seen", (_, manifests, seen) => {
    expect(looseEndsOf(release, existing)).toEqual([])
    expect(looseEndsOf(manifests, existing).join()).toContain(seen)
  })
})

describe("ways to write from outside", () => {
  const policies = release.filter(({ kind }) => kind === "NetworkPolicy")
  const api = policies.find(({ metadata }) => metadata.name === "api") as Manifest
  const others = (...gone: Manifest[]) => release.filter((manifest) => !gone.includes(manifest))
  const replaced = (manifest: Manifest, path: string, value: unknown) => [
    ...others(manifest),
    changed(manifest, path, value),
  ]
  const port = "spec.rules.0.http.paths.0.backend.service.port"
  const writers = "spec.ingress.1.from.0"

  it.each([
    ["an Ingress by the port's name", replaced(of("Ingress"), port, { name: "write" }), "Ingress/api leads"],
    ["an Ingress by its number", replaced(of("Ingress"), port, { number: 8081 }), "Ingress/api leads"],
    ["a Service's other name for it", replaced(of("Service"), "spec.ports.0.targetPort", 8081), "Ingress/api leads"],
    ["no policy", others(...policies), "no NetworkPolicy guards"],
    [
      "pods of other namespaces",
      replaced(api, writers, { namespaceSelector: {}, podSelector: { matchLabels: { x: "y" } } }),
      "namespaceSelector",
    ],
    ["every pod of the namespace", replaced(api, writers, { podSelector: {} }), "NetworkPolicy/api lets"],
    ["addresses", replaced(api, writers, { ipBlock: { cidr: "10.0.0.0/8" } }), "10.0.0.0/8"],
    ["everybody", replaced(api, "spec.ingress.1.from", []), "NetworkPolicy/api lets {}"],
    ["a rule for all ports", replaced(api, "spec.ingress.0.ports", []), "NetworkPolicy/api lets"],
  ])("%s is seen", (_, manifests, seen) => {
    expect(waysToWrite(release)).toEqual([])
    expect(waysToWrite(manifests).join()).toContain(seen)
  })
})
