/** Argo CD Applications for an environment's releases: the same charts, values and digests that `deploy` installs. */
import { Document } from "yaml"
import { podSecurityLabels } from "../environments/namespace.js"
import { releasesPath } from "../environments/owner.js"
import { type Lookup, resolveAll } from "../environments/resolve.js"
import { installedReleases, type Stage } from "../environments/stage.js"
import { chartName } from "../sources/charts.js"
import type { Json } from "../text/tree.js"
import { yamlText } from "../text/yaml.js"

/** What the Applications name beside what the environment's file says. */
export interface ArgoPlace {
  /** Host of the registry that holds the charts. */
  readonly registry: string
  /** Address of the Kubernetes API. */
  readonly server: string
  /** Digest of each chart. */
  readonly charts: Readonly<Record<string, string>>
  readonly lookup: Lookup
}

/**
 * The Applications as YAML documents. Argo CD 3.1 and later take charts from OCI registries by digest
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/oci/). Secrets are not in them: a comment names those that must exist.
 *
 * @param environment the environment
 * @param place registry, cluster and what the references in the values stand for
 * @throws ModelError when a value refers to what is not known
 */
export function argoApplications(environment: Stage, place: ArgoPlace): string {
  return installedReleases(environment)
    .map(([name]) => {
      const document = new Document(application(environment, name, place), { aliasDuplicateObjects: false })
      const { namespace, secrets, needs } = environment.releases[name]
      const written = Object.keys(secrets)
      const shared = needs.filter((need) => !environment.releases[need])
      const comment = [
        ...(written.length > 0
          ? [` Needs in namespace ${namespace} the Secrets that \`deploy\` writes there: ${written.join(", ")}`]
          : []),
        ...(shared.length > 0
          ? [` Needs of the releases of cluster ${environment.cluster}: ${shared.join(", ")}`]
          : []),
      ]
      if (comment.length > 0) document.commentBefore = comment.join("\n")
      return `---\n${yamlText(document)}`
    })
    .join("")
}

function application(environment: Stage, name: string, { registry, server, charts, lookup }: ArgoPlace): object {
  const { namespace, podSecurity, ...release } = environment.releases[name]
  const chart = chartName(release.chart)
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: {
      name: `${environment.name}-${name}`,
      namespace: "argocd",
      annotations: { "argocd.argoproj.io/sync-wave": String(wave(environment, name)) },
    },
    spec: {
      project: "default",
      source: {
        repoURL: `oci://${registry}/${environment.chartRepository}/${chart}`,
        targetRevision: charts[chart],
        path: ".",
        helm: {
          releaseName: name,
          ...values(resolveAll(environment, [...releasesPath(environment.scope), name, "values"], lookup)),
        },
      },
      destination: { server, namespace },
      syncPolicy: {
        managedNamespaceMetadata: { labels: podSecurityLabels(podSecurity) },
        syncOptions: ["CreateNamespace=true", "ServerSideApply=true"],
      },
    },
  }
}

/** Argo CD loses each null of a `valuesObject` (https://github.com/argoproj/argo-cd/issues/19781), but not of a text. */
const values = (from: Json) => (hasNull(from) ? { values: yamlText(from) } : { valuesObject: from })

function hasNull(value: Json): boolean {
  return value === null || (typeof value === "object" && Object.values(value).some(hasNull))
}

/** How many releases must be there before, one after the other. */
function wave(environment: Stage, name: string): number {
  const { needs } = environment.releases[name]
  const own = needs.filter((need) => environment.releases[need])
  return own.length === 0 ? 0 : 1 + Math.max(...own.map((need) => wave(environment, need)))
}
