/** Whose namespaces and releases in a cluster are, and what a stage owns though its file no longer names it. */
import { CLUSTER_LABEL, ENVIRONMENT_LABEL, TENANT_LABEL } from "../environments/namespace.js"
import { type Owner, ownerText, sameOwner } from "../environments/owner.js"
import { type Stage } from "../environments/stage.js"

type Labels = Readonly<Record<string, string | undefined>>

/** The label of Helm's record that holds the digest of all that the release was made of, and the revision that this is said of. */
export const MADE_LABEL = "wallet-world.made"

/** The label that names the owner of what is an environment's, or what its cluster's environments share. */
export const ownerLabel = ({ scope }: Pick<Owner, "scope">): string =>
  scope === "environment" ? ENVIRONMENT_LABEL : CLUSTER_LABEL

/** The labels of what a deployment makes: they stand in the cluster from the moment that it is made. */
export const ownerLabels = (owner: Owner): Record<string, string> => ({
  [ownerLabel(owner)]: owner.name,
  ...(owner.tenant && { [TENANT_LABEL]: owner.tenant }),
})

/** Who owns what has some labels; undefined where they do not say it. */
export function ownerOf(labels: Labels): Owner | undefined {
  const [environment, cluster, tenant] = [ENVIRONMENT_LABEL, CLUSTER_LABEL, TENANT_LABEL].map((label) => labels[label])
  if (environment !== undefined) return { scope: "environment", name: environment, tenant }
  return cluster === undefined ? undefined : { scope: "cluster", name: cluster }
}

/** A release of Helm in the cluster, with the labels of its newest revision. */
export interface FoundRelease {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
}

/** Who installed a release, in words. */
export function installer({ labels }: Pick<FoundRelease, "labels">): string {
  const owner = ownerOf(labels)
  if (owner) return owner.tenant ? `the tenant ${owner.tenant}'s, in ${ownerText(owner)}` : `${ownerText(owner)}'s`
  return labels[MADE_LABEL]
    ? "this module's, without an environment's name"
    : "without an owner: it was not installed by this module"
}

/** Whether a release was installed by deployments of a stage, or of a tenant in it. */
export function isOf(owner: Owner, { labels }: Pick<FoundRelease, "labels">): boolean {
  const found = ownerOf(labels)
  return found ? sameOwner(found, owner) : labels[MADE_LABEL] !== undefined
}

/** Whether a release was installed by the very pipeline that is at work. */
export const isOwn = (owner: Owner, found: Pick<FoundRelease, "labels">): boolean =>
  isOf(owner, found) && found.labels[TENANT_LABEL] === owner.tenant

/**
 * Why a stage must not install a release of this name; undefined when it may. A tenant may
 * take over what was installed in a namespace that it was handed, and whoever handed it over may take it back.
 *
 * @param release the release that is there under this name, if there is one
 */
export function releaseRefusal(owner: Owner, release: FoundRelease | undefined): string | undefined {
  if (!release || isOf(owner, release)) return undefined
  return (
    `release ${release.name} in namespace ${release.namespace} is ${installer(release)}; it was left alone. ` +
    "Rename the release or its namespace, or have its owner remove it"
  )
}

/**
 * Why a stage must not install into a namespace; undefined when it may: it is not there, it is the stage's, or
 * nobody's and nothing else is in it.
 *
 * @param namespace its name, and its labels where it is there
 * @param content what is in it, asked for only where it is there and does not say whose it is
 */
export function namespaceRefusal(
  owner: Owner,
  namespace: { name: string; labels?: Labels },
  content: { releases: readonly FoundRelease[]; objects: readonly string[] },
): string | undefined {
  const { name, labels } = namespace
  const found = ownerOf(labels ?? {})
  if (!labels || (found && sameOwner(found, owner))) return undefined
  const next = "Choose another namespace for the release"
  if (found) return `namespace ${name} is ${ownerText(found)}'s; it was left alone. ${next}`
  const { releases, objects } = content
  const foreign = releases.filter((release) => !isOf(owner, release))
  // Where a release of this stage is, the objects are explained by it.
  const explained = releases.length > 0 && foreign.length === 0
  if (explained || (releases.length === 0 && objects.length === 0)) return undefined
  const list = [...foreign.map((release) => `release ${release.name}`), ...objects].slice(0, 5).join(", ")
  return (
    `namespace ${name} exists, has no owner, and contains ${list}; it was left alone. ${next}, or, if everything in it ` +
    `may become the ${owner.scope}'s and be deleted with it: kubectl label namespace ${name} ${ownerLabel(owner)}=${owner.name}`
  )
}

/** Something that a stage owns and its file no longer names. */
export interface Leftover {
  /** The step that it would be, such as release:NAMESPACE/NAME. */
  readonly step: string
  readonly kind: "release" | "namespace" | "handover"
  /** The release, the namespace, the tenant. */
  readonly name: string
  /** Where a release is. */
  readonly namespace?: string
  /** Why it is not deleted all the same. */
  readonly kept?: string
}

/** What there is in the cluster and in the state bucket that may be a stage's. */
export interface Existing {
  /** Namespaces with the owner's label. */
  readonly namespaces: readonly string[]
  /** The releases with its label, and all others in those namespaces that its file does not name. */
  readonly releases: readonly FoundRelease[]
  /** Tenants that are told an environment's outputs. */
  readonly tenants: readonly string[]
}

/**
 * What a stage owns and its file no longer names, in the order in which it is deleted. What tenants or others have
 * installed is left alone, and so is the namespace that it is in.
 */
export function leftovers(stage: Owner & Pick<Stage, "releases">, found: Existing): Leftover[] {
  const named = Object.entries(stage.releases)
  const isNamed = ({ namespace, name }: FoundRelease) =>
    named.some(([release, { namespace: space }]) => release === name && space === namespace)
  const gone = found.releases.filter((release) => isOwn(stage, release) && !isNamed(release))
  const others = found.releases.filter((release) => !gone.includes(release))
  const releases = gone.map(
    ({ namespace, name }): Leftover => ({ step: `release:${namespace}/${name}`, kind: "release", name, namespace }),
  )
  if (stage.tenant) return releases
  const spaces = found.namespaces
    .filter((space) => !named.some(([, { namespace }]) => namespace === space))
    .map((name): Leftover => {
      const inside = others.filter(({ namespace }) => namespace === name)
      const kept = inside.map((release) => `release ${release.name} is ${installer(release)}`).join("; ")
      return { step: `namespace:${name}`, kind: "namespace", name, ...(kept && { kept }) }
    })
  const tenants = found.tenants
    .filter((tenant) => !named.some(([, release]) => release.tenant === tenant))
    .map((name): Leftover => {
      const kept = others
        .filter((release) => release.labels[TENANT_LABEL] === name && isOf(stage, release))
        .map((release) => `release ${release.name} in namespace ${release.namespace} is still the tenant's`)
        .join("; ")
      return { step: `handover:${name}`, kind: "handover", name, ...(kept && { kept }) }
    })
  return [...releases, ...spaces, ...tenants]
}

/** A leftover in words. */
export const describeLeftover = ({ kind, name, namespace }: Leftover): string =>
  ({
    release: `release ${name} in namespace ${namespace}`,
    namespace: `namespace ${name}`,
    handover: `the outputs shared with the tenant ${name}`,
  })[kind]
