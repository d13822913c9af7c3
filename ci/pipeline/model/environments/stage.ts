/** A stage: the units and releases of one owner, which is the account, a cluster or an environment. */
import type { Image } from "../sources/images.js"
import type { Position } from "../text/problems.js"
import type { Reference } from "../text/references.js"
import type { Json, MapTree, Path } from "../text/tree.js"
import type { Owner } from "./owner.js"
import type { Release } from "./schema.js"
import type { Tenants } from "./tenants.js"
import type { Scope } from "./units.js"

/** Unit, then its inputs. */
export type Units = Record<string, Record<string, Json>>

/** A reference and the string that it stands in. */
export interface LocatedReference {
  readonly reference: Reference
  readonly path: Path
  readonly at: Position
}

/** What one owner has: its files merged and checked, ${environment.X} filled in, other references as written. */
export interface Stage extends Owner {
  readonly account: string
  readonly region: string
  readonly domain: string
  readonly cluster: string
  /** What the cluster's nodes run, such as linux/amd64: images are built for it. */
  readonly platform: string
  /** Charts are pushed to <this>/<name of the chart>. */
  readonly chartRepository: string
  /** Other repositories that use the account. */
  readonly tenants: Tenants
  /** Destroying it has to be confirmed. */
  readonly protected: boolean
  readonly units: Units
  readonly releases: Record<string, Release>
  /** The images that it refers to. */
  readonly images: Record<string, Image>
  /** The stages that it stands on, the widest first: a narrower one may use the outputs of a wider one. */
  readonly wider: readonly Stage[]
  /** The other environments whose outputs it refers to. */
  readonly uses: Record<string, Stage>
  /** All references that a step has yet to fill in. */
  readonly references: readonly LocatedReference[]
  /** The merged values with their origins; `resolve` works on it. */
  readonly tree: MapTree
}

/** The stage of a scope among one and those that it stands on. */
export const stageIn = (stage: Stage, scope: Scope): Stage | undefined =>
  [...stage.wider, stage].find((one) => one.scope === scope)

/** The images that a stage refers to, and those that the ones do which it stands on. */
export const imagesOf = (stage: Stage): Record<string, Image> =>
  Object.assign({}, ...[...stage.wider, stage].map(({ images }) => images))

/** The releases that are installed here: those that are not left to a tenant. */
export const installedReleases = ({ releases }: Pick<Stage, "releases">): [string, Release][] =>
  Object.entries(releases).filter(([, { tenant }]) => !tenant)
