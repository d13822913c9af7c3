// What one call works with: the caller's files, the model of an environment, and the target.
import { type Directory, dag, type Secret } from "@dagger.io/dagger"
import {
  chartDirectories,
  type Environment,
  type Files,
  type Image,
  imagesOf,
  type LoadOptions,
  loadCluster,
  loadEnvironment,
  loadEnvironments,
  loadImages,
  type Owner,
  PINS,
  readPins,
  type Stage,
} from "../model/index.js"
import { Deployment, type Sources } from "../steps/deployment.js"
import { AwsTarget } from "../targets/aws.js"
import { SandboxTarget } from "../targets/sandbox.js"
import type { Target } from "../targets/target.js"
import type { Charts } from "../tools/helm-charts.js"
import { startSandbox } from "../tools/sandbox.js"
import { say } from "../tools/say.js"
import { checkCaller } from "../tools/sts.js"
import { allCharts } from "./charts.js"
import { readEnvironments } from "./files.js"
import type { Repository } from "./repository.js"

/** The constructor's arguments, and the caller's repository. */
export interface Given {
  workspace: Repository
  ownCharts: Directory
  terragrunt: Directory
  sandboxHome: Directory
  awsCredentials?: Secret
  sandbox?: string
  providerMirror?: Directory
}

/** One call. */
export class Session {
  private knownFiles?: Promise<Files>
  private knownCharts?: Promise<Charts>

  constructor(private readonly given: Given) {}

  /** The same call on another state of the caller's repository; where that holds this module, on that state of its OpenTofu modules. */
  async on(workspace: Repository): Promise<Session> {
    const { terragrunt } = this.given
    const [callers, theirs] = [terragruntIn(this.given.workspace), terragruntIn(workspace)]
    const [present, own, earlier] = await Promise.all([callers, terragrunt, theirs].map(digestOf))
    const isOwn = present !== undefined && present === own && earlier !== undefined
    return new Session({ ...this.given, workspace, terragrunt: isOwn ? theirs : terragrunt })
  }

  /** The text of all files below `environments/`, by path in it. */
  files(): Promise<Files> {
    this.knownFiles ??= this.readFiles()
    return this.knownFiles
  }

  private async readFiles(): Promise<Files> {
    const files = await readEnvironments(this.given.workspace)
    if (files.size === 0)
      throw new Error(
        "there is no environments/*.yaml in this directory: change to a repository that has environments, or write the first one (environments/README.md of wallet-world says how)",
      )
    return files
  }

  /** All charts that a release can use. */
  private charts(): Promise<Charts> {
    this.knownCharts ??= allCharts(this.given.workspace, this.given.ownCharts)
    return this.knownCharts
  }

  /** All images of `environments/images.yaml`, by name. */
  async images(): Promise<Record<string, Image>> {
    return loadImages(await this.files())
  }

  /** The platform that an image is built for where no environment is named: that of the first one that uses it. */
  async platform(image: string): Promise<string> {
    const [first, ...others] = loadEnvironments(await this.files())
    return [first, ...others].find((one) => image in imagesOf(one))?.platform ?? first.platform
  }

  /** One environment, checked. */
  async environment(name: string): Promise<Environment> {
    return loadEnvironment(await this.files(), name, await this.known())
  }

  /** What an environment or a cluster has, checked. */
  private async stage({ scope, name }: Owner): Promise<Stage> {
    return scope === "cluster" ? loadCluster(await this.files(), name, await this.known()) : this.environment(name)
  }

  /** The caller's repository, and the charts; a chart of the caller takes the place of the module's own of the same name. */
  async sources(): Promise<Sources> {
    const { workspace, terragrunt, providerMirror } = this.given
    return {
      repository: workspace,
      charts: await this.charts(),
      pins: readPins((await this.files()).get(PINS)),
      commit: await this.commit(),
      terragrunt,
      providers: providerMirror,
    }
  }

  /** The commit that the caller's repository is at, or null where that cannot be read, as in a linked work tree. */
  private async commit(): Promise<string | null> {
    const git = this.given.workspace.directory(".", { include: [".git/HEAD", ".git/packed-refs", ".git/refs/heads"] })
    try {
      const head = (await git.file(".git/HEAD").contents()).trim()
      if (!head.startsWith("ref: ")) return head
      const branch = head.slice("ref: ".length)
      const own = await git
        .file(`.git/${branch}`)
        .contents()
        .catch(() => "")
      if (own) return own.trim()
      const packed = await git.file(".git/packed-refs").contents()
      return (
        packed
          .split("\n")
          .find((line) => line.endsWith(` ${branch}`))
          ?.split(" ")[0] ?? null
      )
    } catch {
      return null
    }
  }

  /** All environments, checked. */
  async environments(): Promise<Environment[]> {
    return loadEnvironments(await this.files(), await this.known())
  }

  /** What the environments are checked against. */
  private async known(): Promise<LoadOptions> {
    const { files } = await this.charts()
    return { charts: chartDirectories(files.keys()), chartFiles: files }
  }

  /** The target: AWS with the caller's credentials, or the sandbox. */
  async target(): Promise<Target> {
    const { awsCredentials, sandbox, sandboxHome } = this.given
    if (awsCredentials && !sandbox) return new AwsTarget(awsCredentials)
    const address = sandbox ?? (await startSandbox(sandboxHome))
    return SandboxTarget.open(address, sandbox !== undefined, awsCredentials)
  }

  /**
   * Starts a deployment: the files are checked before the target is touched, and the credentials before any step.
   *
   * @param of the environment's name, or which environment or cluster
   */
  async deployment(of: string | Owner): Promise<Deployment> {
    const stage = await this.stage(typeof of === "string" ? { scope: "environment", name: of } : of)
    const [target, sources] = await Promise.all([this.target(), this.sources()])
    const { account, region } = stage
    const caller = await checkCaller({ target, account, region })
    const deployment = new Deployment(stage, target, sources, caller)
    say(`${deployment.title}, as ${caller}`)
    return deployment
  }

  /** Does work on a stage while no other run works on it; fails as soon as it is known that one deploys or destroys it. */
  alone<T>({ leases, stage }: Deployment, work: () => Promise<T>): Promise<T> {
    return leases.holding(stage, work, { whole: true })
  }
}

const terragruntIn = (repository: Repository): Directory =>
  repository.directory(".", { include: ["terragrunt"], exclude: ["**/.terragrunt-*"] }).directory("terragrunt")

/** The digest of what is in a directory, whatever its own mode is, or undefined where it does not exist. */
const digestOf = (directory: Directory): Promise<string | undefined> =>
  dag
    .directory()
    .withDirectory("terragrunt", directory)
    .digest()
    .catch(() => undefined)
