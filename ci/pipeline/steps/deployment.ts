// What the steps of one deployment share: the stage, the target, the sources, and what earlier steps yielded.
import type { Directory } from "@dagger.io/dagger"
import {
  type Json,
  type Lookup,
  lookupIn,
  ownerText,
  type Pins,
  type Stage,
  sameOwner,
  tenantPrefix,
  type Yields,
} from "../model/index.js"
import type { Target } from "../targets/target.js"
import type { AwsPlace } from "../tools/aws.js"
import type { Cluster } from "../tools/cluster.js"
import { type Registry, registryLogin } from "../tools/ecr.js"
import { Helm } from "../tools/helm.js"
import type { Charts } from "../tools/helm-charts.js"
import { Kubernetes } from "../tools/kubernetes.js"
import { Documents } from "../tools/s3.js"
import type { Repository } from "./context.js"
import { Leases } from "./leases.js"

/** Directories that a deployment is made from. */
export interface Sources {
  /** The caller's repository: contexts of image builds are paths in it. */
  repository: Repository
  charts: Charts
  terragrunt: Directory
  /** Digests of copied images, by the image's name. */
  pins: Pins
  /** Commit that the caller's repository is at. */
  commit: string | null
  /** A file-system mirror of OpenTofu providers, where the host has one. */
  providers?: Directory
}

/** One deployment of one stage, an environment's or a cluster's, to one target. */
export class Deployment {
  /** What its steps have yielded so far. */
  readonly yields: Yields = { images: {}, charts: {}, infrastructure: {}, releases: {} }
  /** What may be changed in this run. */
  readonly leases: Leases
  private registryLogin?: Promise<Registry>
  private client?: Promise<Kubernetes>

  constructor(
    readonly stage: Stage,
    readonly target: Target,
    readonly sources: Sources,
    /** ARN of who deploys. */
    readonly caller: string,
  ) {
    this.leases = new Leases(this.documents(), caller)
  }

  /** Names the deployment in the first and in the last line of every result. */
  get title(): string {
    const { scope, name } = this.stage
    return `${scope === "environment" ? name : ownerText(this.stage)} on ${this.target.title}`
  }

  get place(): AwsPlace {
    const { account, region } = this.stage
    return { target: this.target, account, region }
  }

  /** What outlives a call. A tenant's documents lie apart, where its role can reach them. */
  documents(): Documents {
    const { tenant } = this.stage
    return Documents.in(this.place, tenant && tenantPrefix(tenant))
  }

  /**
   * Before each change: throws where a lease that this run has taken is no longer its own.
   *
   * @param stage whose things are changed; the lease of the deployed stage counts, too
   */
  async mayChange(stage = this.stage): Promise<void> {
    await this.leases.check(this.stage, ...(sameOwner(stage, this.stage) ? [] : [stage]))
  }

  /**
   * Outputs of the units that are applied, by unit: those of a stage, and of those that it stands on.
   *
   * @param stage whose own units are meant
   */
  infrastructure(stage = this.stage): Record<string, Json> {
    const own =
      stage.scope === "environment" && stage.name !== this.stage.name ? `environment:${stage.name}` : stage.scope
    const known = this.yields.infrastructure
    return Object.assign({}, ...["account", "cluster", own, "shared"].map((scope) => known[scope]?.outputs ?? {}))
  }

  /**
   * Fills in references with what is known so far.
   *
   * @param stage the stage that the references are written in
   */
  lookup(stage = this.stage): Lookup {
    const { images } = this.yields
    const others = Object.entries(this.stage.uses).map(([name, other]) => [name, this.infrastructure(other)])
    return lookupIn({
      images: Object.fromEntries(Object.entries(images).map(([name, { reference }]) => [name, reference])),
      infra: this.infrastructure(stage),
      environments: Object.fromEntries(others),
    })
  }

  /** The registry's login; one for the whole deployment, it lasts 12 hours. */
  registry(): Promise<Registry> {
    this.registryLogin ??= registryLogin(this.place)
    return this.registryLogin
  }

  /** Whether there is a Kubernetes cluster, as far as the steps so far say. */
  hasCluster(): boolean {
    return Boolean((this.infrastructure().eks as Record<string, unknown> | undefined)?.cluster_name)
  }

  /** The Kubernetes cluster, once the cluster's infrastructure is there. */
  cluster(): Cluster {
    const eks = (this.infrastructure().eks ?? {}) as Record<string, unknown>
    const { cluster_name, endpoint, certificate_authority } = eks
    if (!cluster_name) throw new Error(`the unit eks of cluster ${this.stage.cluster} has no outputs yet`)
    return {
      name: String(cluster_name),
      endpoint: String(endpoint),
      certificateAuthority: String(certificate_authority),
    }
  }

  /** The cluster's API; one client for the whole deployment, it mints its tokens itself. */
  kubernetes(): Promise<Kubernetes> {
    this.client ??= Kubernetes.open(this.place, this.cluster())
    return this.client
  }

  async helm(): Promise<Helm> {
    return Helm.open(this.place, this.cluster(), await this.registry())
  }
}
