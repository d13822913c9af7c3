/** The lock: all that a finished deployment consists of, by digest. It holds nothing secret. */

import type { Environment } from "../environments/environment.js"
import { chartName } from "../sources/charts.js"
import { canonicalJson, digest } from "../text/canonical.js"
import type { Json } from "../text/tree.js"

export interface Lock {
  readonly format: 1
  readonly environment: string
  readonly account: string
  readonly region: string
  readonly cluster: string
  /** Commit that the caller's repository was at, or null where it has none. Files may have been changed since. */
  readonly commit: string | null
  /** `source` is the digest of what was copied, or null for what was built. */
  readonly images: Record<string, { repository: string; digest: string; source: string | null }>
  readonly charts: Record<string, { repository: string; version: string; digest: string }>
  /** By scope: the digest of inputs and modules, and the outputs of the units. */
  readonly infrastructure: Record<string, { made: string; outputs: Record<string, Json> }>
  /** `made` is the digest of chart, images, values and the names of secrets. */
  readonly releases: Record<string, { namespace: string; chart: string; revision: string; made: string }>
}

/** What a step yielded: a digest or a version, and values that are not secret. */
export interface StepYield {
  readonly version: string
  readonly values: Record<string, Json>
}

/**
 * The lock of a deployment.
 *
 * @param environment the deployed environment
 * @param commit commit of the caller's repository, or null
 * @param yielded what its steps yielded, by kind and name
 */
export function makeLock(
  environment: Environment,
  commit: string | null,
  yielded: (kind: "infra" | "image" | "chart" | "release") => Record<string, StepYield>,
): Lock {
  const each = <T>(from: Record<string, StepYield>, make: (name: string, of: StepYield) => T): Record<string, T> =>
    Object.fromEntries(Object.entries(from).map(([name, of]) => [name, make(name, of)]))
  const { name, account, region, cluster, chartRepository } = environment
  return {
    format: 1,
    environment: name,
    account,
    region,
    cluster,
    commit,
    images: each(yielded("image"), (image, { values }) => ({
      repository: environment.images[image].repository,
      digest: String(values.digest),
      source: values.source === undefined ? null : String(values.source),
    })),
    charts: each(yielded("chart"), (chart, { version, values }) => ({
      repository: `${chartRepository}/${chart}`,
      version,
      digest: String(values.digest),
    })),
    infrastructure: each(yielded("infra"), (_, { version, values }) => ({ made: version, outputs: values })),
    releases: each(yielded("release"), (release, { version, values }) => ({
      namespace: environment.releases[release].namespace,
      chart: chartName(environment.releases[release].chart),
      revision: version,
      made: String(values.made),
    })),
  }
}

/** What was deployed, as one digest. How often a release was installed does not matter for it. */
export function lockDigest({ releases, ...content }: Lock): string {
  const timeless = Object.entries(releases).map(([name, { revision: _, ...release }]) => [name, release])
  return digest({ ...content, releases: Object.fromEntries(timeless) })
}

/** The lock as it is stored: sorted keys, so that two can be compared line by line. */
export const formatLock = (lock: Lock) => `${canonicalJson(lock, 2)}\n`
