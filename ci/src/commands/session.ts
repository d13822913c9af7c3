// What one call works with: the caller's files, the model of an environment, and the target.
import type { Directory, Secret, Service, Workspace } from "@dagger.io/dagger"
import { type Environment, type Files, type Image, loadEnvironment, loadEnvironments } from "../model/index.js"
import { Deployment, type Sources } from "../steps/deployment.js"
import { holding } from "../steps/lease.js"
import { AwsTarget } from "../targets/aws.js"
import { SandboxTarget } from "../targets/sandbox.js"
import type { Target } from "../targets/target.js"
import { Documents } from "../tools/s3.js"
import { sandboxService } from "../tools/sandbox.js"
import { checkCaller } from "../tools/sts.js"
import { allCharts } from "./charts.js"

/** The constructor's arguments. */
export interface Given {
  workspace: Workspace
  ownCharts: Directory
  terragrunt: Directory
  sandboxHome: Directory
  awsCredentials?: Secret
  sandbox?: Service
  providerMirror?: Directory
}

/** The port of a sandbox that lives as long as the call: nothing else is in its network namespace. */
const sandboxPort = 8443

/** One call. */
export class Session {
  constructor(private readonly given: Given) {}

  /** The text of all files below `environments/`, by path. */
  async files(): Promise<Files> {
    const directory = this.given.workspace.directory("environments")
    const paths = (await directory.glob("**/*.yaml")).sort()
    const texts = await Promise.all(paths.map((path) => directory.file(path).contents()))
    return new Map(paths.map((path, index) => [path, texts[index]]))
  }

  /** All images that any environment uses, by name. */
  async images(): Promise<Record<string, Image>> {
    const environments = loadEnvironments(await this.files())
    return Object.assign({}, ...environments.map(({ images }) => images))
  }

  /** One environment, checked. */
  async environment(name: string): Promise<Environment> {
    return loadEnvironment(await this.files(), name, { charts: await this.chartNames() })
  }

  /** The caller's repository, and the charts; a chart of the caller takes the place of the module's own of the same name. */
  async sources(): Promise<Sources> {
    const { workspace, ownCharts, terragrunt, providerMirror } = this.given
    return {
      repository: workspace.directory(".", { exclude: ["**/node_modules", ".git"] }),
      charts: await allCharts(workspace, ownCharts),
      terragrunt,
      providers: providerMirror,
    }
  }

  /** Names of the charts that a release can use. */
  async chartNames(): Promise<string[]> {
    const charts = await allCharts(this.given.workspace, this.given.ownCharts)
    const paths = await charts.glob("*/Chart.yaml")
    return paths.map((path) => path.split("/")[0]).filter((name) => name !== "common")
  }

  /** The target: AWS with the caller's credentials, or the sandbox. */
  async target(): Promise<Target> {
    const { awsCredentials, sandbox, sandboxHome } = this.given
    if (awsCredentials && !sandbox) return new AwsTarget(awsCredentials)
    const service = sandbox ?? (await sandboxService(sandboxHome, sandboxPort))
    return SandboxTarget.open(service, sandbox !== undefined, awsCredentials)
  }

  /**
   * Starts a deployment: the environment is checked before the target is touched, and the credentials before any step.
   *
   * @param name the environment's name
   */
  async deployment(name: string): Promise<Deployment> {
    const environment = await this.environment(name)
    const deployment = new Deployment(environment, await this.target(), await this.sources())
    await checkCaller(deployment.place)
    await Documents.in(deployment.place).ensureBucket()
    return deployment
  }

  /** Does work on an environment while no other run works on it. */
  async alone<T>({ environment, place }: Deployment, work: () => Promise<T>): Promise<T> {
    return holding(Documents.in(place), `environments/${environment.name}`, 0, work)
  }
}
