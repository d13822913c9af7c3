// A throw-away repository of a caller: it reuses the module on environments and a chart of its own.
import { execFileSync } from "node:child_process"
import { readFileSync, rmSync } from "node:fs"
import { join } from "node:path"
import { stringify } from "yaml"
import { loadEnvironment } from "../../ci/pipeline/model/index.js"
import { temporary } from "../temporary.js"
import { infrastructureOf, repositoryFiles } from "../unit/model/fixture.js"
import { callIn, daggerw, type Ended, write } from "./world.js"

const shared = loadEnvironment(repositoryFiles(), "preview-nightly")
const { account, region, domain, chartRepository, cluster, tier } = shared
const infrastructure = infrastructureOf(shared)

/** Image repositories that the account has. */
export const [firstRepository, secondRepository] = (
  infrastructure.account as { ecr: { repositories: string[] } }
).ecr.repositories.filter((name) => !name.startsWith(chartRepository))

/** A Deployment of one container, as a chart's template; what is given are more lines of the container and of its pod. */
export function deploymentTemplate(container: string[], pod: string[] = []): string {
  const lines = (indent: number, texts: string[]) => texts.map((text) => `${" ".repeat(indent)}${text}\n`).join("")
  return `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  labels: &labels { app.kubernetes.io/instance: {{ .Release.Name }} }
spec:
  selector: { matchLabels: *labels }
  template:
    metadata: { labels: *labels }
    spec:
      terminationGracePeriodSeconds: 1
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: RuntimeDefault } }
${lines(6, pod)}      containers:
        - name: program
          image: {{ .Values.image }}
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: [ALL] } }
${lines(10, container)}`
}

/** The head of an environment whose unit makes the secrets `fresh` and `taken`: of the second name there is one in tests of failures. */
export const withSecrets = `cluster: nonprod
tier: nightly
infrastructure:
  environment:
    secrets:
      recovery_days: 0
      secrets: { fresh: {}, taken: {} }
releases:
`

/** What every throw-away repository holds: the account and the cluster as they are, and a chart of one pod. */
const files: Record<string, string> = {
  // Word for word what preview-nightly has: nothing is changed for the other environments, nothing is waited for.
  "environments/_defaults.yaml": stringify({
    ...{ account, region, domain, chartRepository },
    infrastructure: { account: infrastructure.account, cluster: infrastructure.cluster },
  }),
  [`environments/_clusters/${cluster}.yaml`]: "{}\n",
  [`environments/_tiers/${tier}.yaml`]: "{}\n",
  "environments/images.yaml": `program:
  repository: ${firstRepository}
  copy: docker.io/library/busybox:1.37
`,
  // The name of a chart that has a repository already; the caller's chart is the one that counts.
  "charts/dapp-store/Chart.yaml": "apiVersion: v2\nname: dapp-store\nversion: 0.0.1\n",
  "charts/dapp-store/templates/pod.yaml": deploymentTemplate(
    [
      "command: [sh, -ec, {{ .Values.script | quote }}]",
      "readinessProbe: { exec: { command: [test, -e, /data/ready] }, periodSeconds: 1 }",
      "volumeMounts: [{ name: data, mountPath: /data }]",
    ],
    ["volumes: [{ name: data, emptyDir: { medium: Memory, sizeLimit: {{ .Values.disk }} } }]"],
  ),
}

/** The script of a program that becomes ready and stays so. */
export const works = "touch /data/ready; sleep infinity"

/** A repository in a directory of its own. */
export class Caller {
  readonly path = temporary("caller")

  constructor(more: Record<string, string> = {}) {
    for (const [path, text] of Object.entries({ ...files, ...more })) this.write(path, text)
    execFileSync("git", ["init", "--quiet", this.path])
  }

  write(path: string, text: string): void {
    write(join(this.path, path), text)
  }

  /** Replaces a text that stands in a file. */
  edit(path: string, from: string, to: string): void {
    const text = readFileSync(join(this.path, path), "utf8")
    if (!text.includes(from)) throw new Error(`${path} does not hold: ${from}`)
    this.write(path, text.replace(from, to))
  }

  /** Adds the image `unwanted`, for which the registry has no repository. */
  addUnwanted(): void {
    const unwanted = "unwanted:\n  repository: not/created\n  copy: docker.io/library/busybox:1.37\n"
    this.edit("environments/images.yaml", "program:", `${unwanted}program:`)
  }

  /** Makes a call in the repository. */
  call(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return callIn({ cwd: this.path, env }, args)
  }

  /** Runs `daggerw -m CHECKOUT call ARGS…` in the repository. */
  daggerw(args: string[], env: Record<string, string> = {}): Promise<Ended> {
    return daggerw(args, { cwd: this.path, env })
  }

  remove(): void {
    rmSync(this.path, { recursive: true })
  }
}

/** The error that a call ended with, without the progress before it. */
export function errorOf({ code, stderr }: Ended): string {
  if (code === 0) throw new Error(`the call ended without an error\n${stderr.slice(-5_000)}`)
  // After an empty line: what Helm says begins with the same word, further down.
  return stderr.slice(Math.max(stderr.lastIndexOf("\n\nError: "), 0))
}

/** The place of a text in a file, as messages name it. */
export function place(file: string, text: string, needle: string): string {
  const before = text.slice(0, text.indexOf(needle)).split("\n")
  return `${file}:${before.length}:${(before.at(-1) ?? "").length + 1}`
}
