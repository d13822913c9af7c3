// What the steps of one deployment share: the environment, the target, the sources, and what earlier steps yielded.
import type { Directory } from "@dagger.io/dagger"
import { type Environment, type Json, type Lookup, lookupIn, type Pins, tenantPrefix } from "../model/index.js"
import type { Target } from "../targets/target.js"
import type { AwsPlace } from "../tools/aws.js"
import type { Cluster } from "../tools/cluster.js"
import { type Registry, registryLogin } from "../tools/ecr.js"
import { Helm } from "../tools/helm.js"
import type { Charts } from "../tools/helm-charts.js"
import { Kubernetes } from "../tools/kubernetes.js"
import { Documents } from "../tools/s3.js"
import type { Repository } from "./context.js"
import type { Run } from "./lease.js"
import type { Yield } from "./step.js"

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

/** One deployment of one environment to one target. */
export class Deployment {
  /** The run that works on it, where that holds the environment's lease. */
  run?: Run
  private readonly yields = new Map<string, Yield>()
  private registryLogin?: Promise<Registry>
  private client?: Promise<Kubernetes>

  constructor(
    readonly environment: Environment,
    readonly target: Target,
    readonly sources: Sources,
    /** ARN of who deploys. */
    readonly caller: string,
  ) {}

  /** Names the deployment in the first and in the last line of every result. */
  get title(): string {
    return `${this.environment.name} on ${this.target.title}`
  }

  get place(): AwsPlace {
    const { account, region } = this.environment
    return { target: this.target, account, region }
  }

  /** What outlives a call. A tenant's documents lie apart, where its role can reach them. */
  documents(): Documents {
    const { tenant } = this.environment
    return Documents.in(this.place, tenant && tenantPrefix(tenant))
  }

  /** Before each change: throws where the environment's lease, if it was taken, is no longer this run's. */
  async mayChange(): Promise<void> {
    await this.run?.check()
  }

  /** Keeps what a step yielded for the steps after it. */
  keep(step: string, outputs: Yield): void {
    this.yields.set(step, outputs)
  }

  /** What the steps of a kind have yielded so far, by name. */
  yielded(kind: "infra" | "image" | "chart" | "release"): Record<string, Yield> {
    const prefix = `${kind}:`
    return Object.fromEntries(
      [...this.yields].filter(([id]) => id.startsWith(prefix)).map(([id, y]) => [id.slice(prefix.length), y]),
    )
  }

  /**
   * Outputs of the units that are applied, by unit.
   *
   * @param owner the environment whose own units are meant; those of wider scopes are everybody's
   */
  infrastructure(owner = this.environment.name): Record<string, Json> {
    const own = owner === this.environment.name ? "environment" : `environment:${owner}`
    const scopes = this.yielded("infra")
    return Object.assign({}, ...["account", "cluster", own, "shared"].map((scope) => scopes[scope]?.values ?? {}))
  }

  /**
   * Fills in references with what is known so far.
   *
   * @param owner the environment that the references are written in
   */
  lookup(owner = this.environment.name): Lookup {
    const references = Object.entries(this.yielded("image")).map(([name, { values }]) => [name, values.reference])
    const others = Object.keys(this.environment.uses).map((name) => [name, this.infrastructure(name)])
    return lookupIn({
      images: Object.fromEntries(references),
      infra: this.infrastructure(owner),
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
    if (!cluster_name) throw new Error(`the unit eks of cluster ${this.environment.cluster} has no outputs yet`)
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
