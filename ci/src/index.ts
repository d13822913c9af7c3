/**
 * The delivery pipeline of wallet-world: images and charts to registries, Terragrunt for AWS, Helm for environments.
 */
import {
  argument,
  type Container,
  type Directory,
  dag,
  type File,
  func,
  object,
  type Secret,
  type Service,
} from "@dagger.io/dagger"
import type { Session } from "#commands/session.js"

// The engine starts this module for each call, and its SDK loads every file of this folder and lets the compiler read all
// that they import. So there is this one file, and it names the others by "#": that is resolved when a function is called,
// and not by the SDK's compiler. A start for the constructor alone comes before it, unless the engine still has its result
// for the same arguments. So no argument is new with each call, as the caller's workspace would be.
@object()
export class WalletWorld {
  /** This module's library chart, OpenTofu modules and sandbox. */
  ownCharts: Directory
  terragrunt: Directory
  sandboxHome: Directory
  awsCredentials?: Secret
  sandbox?: string
  providerMirror?: Directory
  keptPrograms?: Directory

  /**
   * @param ownCharts the library chart `common`; the module's own
   * @param terragrunt Terragrunt stacks and OpenTofu modules; the module's own
   * @param sandboxHome what the sandbox is built from; the module's own
   * @param awsCredentials what `aws configure export-credentials` prints: --aws-credentials='cmd://aws configure export-credentials'.
   *   Without them the target is the sandbox.
   * @param sandbox the address of a running sandbox in the engine's network: --sandbox=10.87.0.12:8443. `./daggerw` passes the
   *   kept one's.
   * @param providerMirror a file-system mirror of OpenTofu providers; without it they come from their registry
   * @param keptPrograms what `keep-programs` returned before, so that nothing is compiled again. `./daggerw` passes it.
   */
  constructor(
    @argument({ defaultPath: "/charts" }) ownCharts: Directory,
    @argument({ defaultPath: "/terragrunt", ignore: ["**/.terragrunt-*"] }) terragrunt: Directory,
    @argument({ defaultPath: "/sandbox", ignore: ["**/__pycache__"] }) sandboxHome: Directory,
    awsCredentials?: Secret,
    sandbox?: string,
    providerMirror?: Directory,
    keptPrograms?: Directory,
  ) {
    this.ownCharts = ownCharts
    this.terragrunt = terragrunt
    this.sandboxHome = sandboxHome
    this.awsCredentials = awsCredentials
    this.sandbox = sandbox
    this.providerMirror = providerMirror
    this.keptPrograms = keptPrograms
  }

  /**
   * Lists the environments: name, cluster, network, tier, host. Fails with every problem of the files: file, line, what
   * would be right.
   *
   * Example: `dagger call environments --tier dev --names`
   *
   * @param tier leaves out those of other tiers
   * @param names prints the names as one line of JSON, each after those that it needs, for a workflow's matrix
   */
  @func({ cache: "never" })
  async environments(tier: string = "", names: boolean = false): Promise<string> {
    const { environmentTable } = await import("#commands/environments.js")
    return this.call((session) => environmentTable(session, tier, names))
  }

  /**
   * Prints one environment: layers merged, validated, references resolved as far as no deployment is needed. Fails with
   * every problem of its files, or when there is no such environment; then it lists those that there are.
   *
   * Example: `dagger call environment --name preview-nightly --origins`
   *
   * @param name the environment's name
   * @param origins adds file, line and column of each value
   */
  @func({ cache: "never" })
  async environment(name: string, origins: boolean = false): Promise<string> {
    const { environmentText } = await import("#commands/environments.js")
    return this.call((session) => environmentText(session, name, origins))
  }

  /**
   * Renders one environment without a target: configuration, content of what is built, manifests of the releases. What
   * only a deployment yields is replaced by stand-ins. Returns a directory. Fails when a file or a chart is wrong.
   *
   * Example: `dagger call render --env preview-dev export --path ./rendered`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async render(env: string): Promise<Directory> {
    const { render } = await import("#commands/difference.js")
    return this.call((session) => render(session, env))
  }

  /**
   * Says which environments differ from another state of the repository, and how: a Markdown text with unified diffs of
   * what `render` yields. It needs no credentials. Fails when an environment of this state cannot be rendered.
   *
   * Example: `git worktree add ../base origin/main && dagger call difference --base ../base`
   *
   * @param base a checkout of the repository as it was
   * @param env looks at this environment only
   */
  @func({ cache: "never" })
  async difference(base: Directory, env: string = ""): Promise<string> {
    const { difference } = await import("#commands/difference.js")
    return this.call((session) => difference(session, base, env))
  }

  /**
   * Builds one image of `environments/images.yaml`, for the platform of the first environment that uses it, and returns its
   * container. Fails when there is no such image, or its build fails, with what the build printed.
   *
   * Example: `dagger call build --service dapp-store-api as-tarball -o api.tar`
   *
   * @param service the image's name in `environments/images.yaml`
   */
  @func({ cache: "never" })
  async build(service: string): Promise<Container> {
    const { buildService } = await import("#commands/publish.js")
    return this.call((session) => buildService(session, service))
  }

  /**
   * Tests one service that is built from source: its own tests in the stage `test` of its Dockerfile, then the image as
   * it would be pushed, both beside a real Postgres, a real Kafka, and the images that `images.yaml` names under
   * `test.beside`. Returns what the tests printed. Fails with it when a
   * test fails, takes longer than 15 minutes, or the image is not healthy within 90 seconds.
   *
   * Example: `dagger call test --service dapp-store-api`
   *
   * @param service the image's name in `environments/images.yaml`
   */
  @func({ cache: "never" })
  async test(service: string): Promise<string> {
    const { testService } = await import("#commands/test.js")
    return this.call((session) => testService(session, service, this.sandboxHome))
  }

  /**
   * Publishes the images and charts of an environment; prints a table of the steps, then name and digest of each. Fails
   * with the table when one cannot be built or the registry refuses.
   *
   * Example: `dagger call publish --env preview-nightly`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async publish(env: string): Promise<string> {
    const { publish } = await import("#commands/publish.js")
    return this.call((session) => publish(session, env))
  }

  /**
   * Plans or applies the infrastructure of one scope, or prints its outputs or the resources in its state. Fails when scope
   * or action is unknown, what it needs was never applied, or OpenTofu fails, with its message.
   *
   * Example: `dagger call infra --env preview-nightly --scope environment --action plan`
   *
   * @param env the environment's name
   * @param scope account, cluster or environment
   * @param action plan, apply, outputs or state
   */
  @func({ cache: "never" })
  async infra(env: string, scope: string, action: string = "plan"): Promise<string> {
    const { infra } = await import("#commands/infra.js")
    return this.call((session) => infra(session, env, scope, action))
  }

  /**
   * Says what a deployment would change: a table of the steps, and the changes of infrastructure. It changes nothing. Fails
   * when the target cannot be asked.
   *
   * Example: `dagger call plan --env preview-nightly`
   *
   * @param env the environment's name
   * @param drift asks AWS about infrastructure that should not have changed, too; some 10 s a unit
   * @param refuseChanges fails when anything would change, for checks that run by themselves
   */
  @func({ cache: "never" })
  async plan(env: string, drift: boolean = false, refuseChanges: boolean = false): Promise<string> {
    const { planDeployment } = await import("#commands/plan.js")
    return this.call((session) => planDeployment(session, env, drift, refuseChanges))
  }

  /**
   * Deploys an environment: infrastructure, images, charts, releases. What is already as it should be is left alone; what
   * the environment owns and its file no longer names is deleted. Returns a table of the steps and of the pods, and the
   * addresses to look at. Fails with the same table and every step's error, or when another run holds the environment's
   * lease; the same command continues where it stopped.
   *
   * Example: `dagger call deploy --env preview-nightly`
   *
   * @param env the environment's name
   * @param confirm the environment's name once more: lets something of a protected one be deleted
   */
  @func({ cache: "never" })
  async deploy(env: string, confirm: string = ""): Promise<string> {
    const { deploy } = await import("#commands/deploy.js")
    return this.call((session) => deploy(session, env, confirm))
  }

  /**
   * Shows what happened in the last deployment of an environment, also of one that failed. Fails when there was none.
   *
   * Example: `dagger call report --env preview-nightly`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async report(env: string): Promise<string> {
    const { reportText } = await import("#commands/report.js")
    return this.call((session) => reportText(session, env))
  }

  /**
   * Prints the lock of the last deployment that finished: digests of images, charts and releases, and outputs, as JSON.
   * Fails when none did.
   *
   * Example: `dagger call lock --env preview-nightly > preview-nightly.lock.json`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async lock(env: string): Promise<string> {
    const { lockText } = await import("#commands/report.js")
    return this.call((session) => lockText(session, env))
  }

  /**
   * Prints Argo CD Applications (3.1 or later) for a deployed environment: the same charts, values and digests. Fails when
   * something of it is not deployed, and names it.
   *
   * Example: `dagger call export-argocd --env preview-nightly > applications.yaml`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async exportArgocd(env: string): Promise<string> {
    const { exportArgocd } = await import("#commands/export-argocd.js")
    return this.call((session) => exportArgocd(session, env))
  }

  /**
   * Says what an environment still lacks before it can be deployed to AWS: credentials, permissions to read, quotas, DNS,
   * placeholders, roles; and which variables GitHub needs. It changes nothing. Returns a table; fails with the same table when
   * something is missing.
   *
   * Example: `dagger call --aws-credentials='cmd://aws configure export-credentials' doctor --env preview-dev`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async doctor(env: string): Promise<string> {
    const { doctor } = await import("#commands/doctor/doctor.js")
    return this.call((session) => doctor(session, env))
  }

  /**
   * Says what another repository may touch, and the variables that its workflow needs. Fails when there is no such tenant.
   *
   * Example: `dagger call tenant --name dapp-store`
   *
   * @param name the tenant's name in `environments/_defaults.yaml`
   */
  @func({ cache: "never" })
  async tenant(name: string): Promise<string> {
    const { tenantText } = await import("#commands/tenant.js")
    return this.call((session) => tenantText(session, name))
  }

  /**
   * Destroys an environment in reverse order; what it shares with others stays. Returns a table of the steps. Fails with
   * it, when a step fails, and without `confirm` for a protected environment, or one in which others have installed something.
   *
   * Example: `dagger call destroy --env preview-nightly`
   *
   * @param env the environment's name
   * @param confirm the environment's name once more, for protected ones and those in which others have installed something
   */
  @func({ cache: "never" })
  async destroy(env: string, confirm: string = ""): Promise<string> {
    const { destroy } = await import("#commands/destroy.js")
    return this.call((session) => destroy(session, env, confirm))
  }

  /**
   * Asks the registries for the digests of all images and returns them as `environments/images.lock.yaml`.
   * Where a registry cannot be reached, or a stand-in answers for it, it fails: no digest is made up.
   *
   * Example: `dagger call pin-images -o environments/images.lock.yaml`
   */
  @func({ cache: "never" })
  async pinImages(): Promise<string> {
    const { pinImages } = await import("#commands/pin-images.js")
    return this.call((session) => pinImages(session))
  }

  /**
   * One of the command line tools that the steps or the tests run, as a file: what is used by hand is what they use. Fails
   * when there is no such tool; then it lists those that there are.
   *
   * Example: `dagger call tool --name helm export --path ./helm`
   *
   * @param name helm, kubectl, terragrunt, tofu, crane, actionlint or syft
   */
  @func()
  async tool(name: string): Promise<File> {
    const { toolFile } = await import("#tools/toolbox.js")
    await this.takeKeptPrograms()
    return toolFile(name)
  }

  /**
   * Lists the programs that the module runs, tools and sandbox: the name of each one's recipe, and whether it is pulled
   * as a published image (`ci/published.json`) or made where it is used.
   *
   * Example: `dagger call programs`
   *
   * @param missing prints those that are not pinned, as one line of JSON, for a workflow's matrix
   */
  @func({ cache: "never" })
  async programs(missing: boolean = false): Promise<string> {
    const { programList } = await import("#commands/programs.js")
    return programList(this.sandboxHome, missing)
  }

  /**
   * Makes one program for the engine's platform and pushes it under the name of its recipe. The login is the one that
   * `docker login` left. Returns JSON: image and digest. Fails when there is no such program, or the registry refuses.
   *
   * Example: `dagger call publish-program --name helm --repository ghcr.io/OWNER/wallet-world`
   *
   * @param name a tool's name, or sandbox
   * @param repository host and path that the program's name is put behind
   */
  @func({ cache: "never" })
  async publishProgram(name: string, repository: string): Promise<string> {
    const { publishProgram } = await import("#commands/programs.js")
    return publishProgram(this.sandboxHome, name, repository)
  }

  /**
   * Asks the registry for the digests of all programs and returns them as `ci/published.json`. Fails, and names them, when
   * one is not published.
   *
   * Example: `dagger call pin-programs --repository ghcr.io/OWNER/wallet-world -o ci/published.json`
   *
   * @param repository where the programs are published
   */
  @func({ cache: "never" })
  async pinPrograms(repository: string): Promise<string> {
    const { pinPrograms } = await import("#commands/programs.js")
    return pinPrograms(this.sandboxHome, repository)
  }

  /**
   * What a deployment runs, tools and sandbox, as image archives: they outlive the engine's cache. `./daggerw` keeps them, and
   * hands them in with `--kept-programs`. Returns a directory. Fails when a program cannot be made.
   *
   * Example: `dagger call keep-programs export --path ./programs`
   */
  @func({ cache: "never" })
  async keepPrograms(): Promise<Directory> {
    const { keptPrograms } = await import("#commands/programs.js")
    await this.takeKeptPrograms()
    return keptPrograms(this.sandboxHome)
  }

  /**
   * The software bill of materials of an image, made with syft: CycloneDX, as JSON. Fails when the reference has no digest.
   *
   * Example: `dagger call sbom --image ghcr.io/OWNER/wallet-world/helm@sha256:… export --path sbom.json`
   *
   * @param image reference with digest
   */
  @func({ cache: "never" })
  async sbom(image: string): Promise<File> {
    const { billOfMaterials } = await import("#commands/programs.js")
    return billOfMaterials(image)
  }

  /**
   * The sandbox as a service, to keep it beyond one call. Port 8442 is for the way from the host. It ends, with the end of the part's log, when a part fails.
   *
   * Example: `dagger call sandbox-service --port 8443 up --ports 8443:8442`
   *
   * @param port the port that it listens on, here and on the host
   * @param tokenSeconds how long it takes a Kubernetes token for; EKS takes one for 900
   */
  @func({ cache: "never" })
  async sandboxService(port: number = 8443, tokenSeconds: number = 900): Promise<Service> {
    const { sandboxService } = await import("#tools/sandbox.js")
    await this.takeKeptPrograms()
    return sandboxService(this.sandboxHome, port, tokenSeconds)
  }

  /** Does the work of one call. */
  private async call<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const [{ Session }, { withinBorder }] = await Promise.all([
      import("#commands/session.js"),
      import("#commands/border.js"),
    ])
    await this.takeKeptPrograms()
    return withinBorder(() => work(new Session({ ...this, workspace: dag.currentWorkspace() })))
  }

  private async takeKeptPrograms(): Promise<void> {
    const { useKeptPrograms } = await import("#tools/kept.js")
    useKeptPrograms(this.keptPrograms)
  }
}
