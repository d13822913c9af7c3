/** The lock: all that a finished deployment consists of, by digest. It holds nothing secret. */

import { imagesOf, type Stage } from "../environments/stage.js"
import { chartName } from "../sources/charts.js"
import { canonicalJson, digest } from "../text/canonical.js"
import type { Json } from "../text/tree.js"

export interface Lock {
  readonly format: 1
  /** The environment; a lock without one is the cluster's own. */
  readonly environment?: string
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
  /** What an environment needs of the releases of its cluster. */
  readonly clusterReleases?: Lock["releases"]
}

/** What the steps of a deployment have yielded, by name. Nothing in it is secret. */
export interface Yields {
  /** `reference` names the image with its digest; `source` is what was copied. */
  readonly images: Record<string, { digest: string; reference: string; source?: string }>
  readonly charts: Record<string, { version: string; digest: string }>
  /** By scope; another environment's by "environment:" and its name. */
  readonly infrastructure: Record<string, Lock["infrastructure"][string]>
  readonly releases: Record<string, { revision: string; made: string }>
}

/**
 * The lock of a deployment.
 *
 * @param stage the deployed stage
 * @param commit commit of the caller's repository, or null
 * @param yields what its steps have yielded
 */
export function makeLock(stage: Stage, commit: string | null, yields: Yields): Lock {
  const each = <From, To>(from: Record<string, From>, make: (name: string, of: From) => To): Record<string, To> =>
    Object.fromEntries(Object.entries(from).map(([name, of]) => [name, make(name, of)]))
  const images = imagesOf(stage)
  const { scope, name, account, region, cluster, chartRepository } = stage
  const releasesOf = ({ releases }: Pick<Stage, "releases">): Lock["releases"] =>
    each(
      Object.fromEntries(Object.entries(yields.releases).filter(([release]) => release in releases)),
      (release, { revision, made }) => ({
        namespace: releases[release].namespace,
        chart: chartName(releases[release].chart),
        revision,
        made,
      }),
    )
  const shared = Object.assign({}, ...stage.wider.map(releasesOf)) as Lock["releases"]
  return {
    format: 1,
    ...(scope === "environment" && { environment: name }),
    account,
    region,
    cluster,
    commit,
    images: each(yields.images, (image, { digest, source }) => ({
      repository: images[image].repository,
      digest,
      source: source ?? null,
    })),
    charts: each(yields.charts, (chart, { version, digest }) => ({
      repository: `${chartRepository}/${chart}`,
      version,
      digest,
    })),
    infrastructure: yields.infrastructure,
    ...(Object.keys(shared).length > 0 && { clusterReleases: shared }),
    releases: releasesOf(stage),
  }
}

/** What was deployed, as one digest. How often a release was installed does not matter for it. */
export function lockDigest({ releases, clusterReleases, ...content }: Lock): string {
  const timeless = (all: Lock["releases"]) =>
    Object.fromEntries(Object.entries(all).map(([name, { revision: _, ...release }]) => [name, release]))
  const shared = clusterReleases && { clusterReleases: timeless(clusterReleases) }
  return digest({ ...content, ...shared, releases: timeless(releases) })
}

/** The lock as it is stored: sorted keys, so that two can be compared line by line. */
export const formatLock = (lock: Lock) => `${canonicalJson(lock, 2)}\n`
