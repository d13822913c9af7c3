// Small sets of environment files for tests, and the repository's own.
import { readdirSync, readFileSync } from "node:fs"
import { expect } from "vitest"
import {
  type Environment,
  type Files,
  ModelError,
  SCOPES,
  type Scope,
  type Stage,
  stageIn,
} from "../../../ci/pipeline/model/index.js"

/** A valid world of one cluster, two tiers and two environments; tests change single files of it. */
export const world: Record<string, string> = {
  "_defaults.yaml": `account: "123456789012"
region: us-east-1
domain: example.org
chartRepository: world/charts
infrastructure:
  account:
    ecr:
      repositories: \${repositories}
  cluster:
    network:
      availability_zone_ids: [use1-az1, use1-az2]
  environment:
    rds:
      database: shop
releases:
  shop:
    chart: shop
    namespace: shop-\${environment.name}
    values:
      image: \${images.shop}
      host: shop.\${environment.host}
      database: \${infra.rds.address}
`,
  "_clusters/main.yaml": "infrastructure:\n  cluster:\n    network:\n      cidr: 10.0.0.0/16\n",
  "_networks/preview.yaml": "{}\n",
  "_tiers/dev.yaml": "releases:\n  shop:\n    values:\n      replicas: 1\n",
  "_tiers/prod.yaml": "protected: true\nreleases:\n  shop:\n    values:\n      replicas: 3\n",
  "images.yaml": "shop:\n  repository: world/shop\n  build:\n    context: services/shop\n",
  "one.yaml": "cluster: main\nnetwork: preview\ntier: dev\n",
  "two.yaml": "cluster: main\ntier: prod\n",
}

/** The world with some files replaced, added, or (undefined) taken away. */
export function files(changes: Record<string, string | undefined> = {}): Files {
  const entries = Object.entries({ ...world, ...changes })
  return new Map(entries.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

/** A file of the world with a piece of its text replaced. */
export function edited(file: string, from: string, to: string): Record<string, string> {
  expect(world[file]).toContain(from)
  return { [file]: world[file].replace(from, to) }
}

/** The units of an environment and of what it stands on, by scope. */
export const infrastructureOf = (environment: Environment) =>
  Object.fromEntries(SCOPES.map((scope) => [scope, stageIn(environment, scope)?.units])) as Record<
    Scope,
    Stage["units"]
  >

/** The problems that a call ends with, each as "file:line:column message | hint". */
export function problemsOf(call: () => unknown): string[] {
  try {
    call()
  } catch (error) {
    if (!(error instanceof ModelError)) throw error
    return error.problems.map(({ at, message, hint }) => {
      const place = at ? `${at.file}:${at.line}:${at.column} ` : ""
      return `${place}${message}${hint ? ` | ${hint}` : ""}`
    })
  }
  return []
}

/** The environment files of this repository. */
export function repositoryFiles(): Files {
  const root = new URL("../../../environments/", import.meta.url)
  const paths = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".yaml"))
  return new Map(paths.sort().map((path) => [path, readFileSync(new URL(path, root), "utf8")]))
}
