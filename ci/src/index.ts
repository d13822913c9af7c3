/**
 * The delivery pipeline of wallet-world: it pushes images and charts to registries, and deploys environments with Terragrunt
 * and Helm.
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
import type { Owner } from "#commands/owner.js"
import type { Session } from "#commands/session.js"

// The engine starts this module for each call. The official SDK loads every file of this folder then, and lets the compiler
// read all that they import. So there is this one file, and it names the others by "#": that is resolved when a function is
// called, and not by the SDK's compiler. A start for the constructor alone comes before it, unless the engine still has its result
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
   * @param ownCharts the library chart `common`; default: the module's own
   * @param terragrunt Terragrunt stacks and OpenTofu modules; default: the module's own
   * @param sandboxHome the sources of the sandbox; default: the module's own
   * @param awsCredentials the output of `aws configure export-credentials`: --aws-credentials='cmd://aws configure export-credentials'.
   *   Without them the target is the sandbox.
   * @param sandbox the address of a running sandbox in the engine's network: --sandbox=10.87.0.12:8443. `./daggerw` passes the
   *   address of the sandbox that it keeps.
   * @param providerMirror a file-system mirror of OpenTofu providers; without it they come from their registry
   * @param keptPrograms what `keep-programs` returned earlier, so that nothing is compiled again. `./daggerw` passes it.
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
   * Lists the environments: name, cluster, network, tier, host.
   * If files have errors, fails and shows all of them: file, line, and how to fix each.
   *
   * Example: `./daggerw call environments --tier dev --names`
   *
   * @param tier lists only environments of this tier
   * @param names prints the names as one line of JSON, each after the environments that it needs, for a workflow's matrix
   */
  @func({ cache: "never" })
  async environments(tier: string = "", names: boolean = false): Promise<string> {
    const { environmentTable } = await import("#commands/environments.js")
    return this.call((session) => environmentTable(session, tier, names))
  }

  /**
   * Prints one environment: layers merged, validated, references resolved.
   * References are resolved as far as this is possible without a deployment. Fails if its files have errors, and shows all of
   * them; or if there is no such environment, and lists the existing ones.
   *
   * Example: `./daggerw call environment --name preview-nightly --origins`
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
   * Renders one environment without a target.
   * Returns a directory with the configuration, the content of builds, and the manifests of the releases. Placeholders
   * replace values that only a deployment yields. Fails if a file or a chart is invalid.
   *
   * Example: `./daggerw call render --env preview-dev export --path ./rendered`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async render(env: string): Promise<Directory> {
    const { render } = await import("#commands/difference.js")
    return this.call((session) => render(session, env))
  }

  /**
   * Shows which environments differ from another state of the repository, and how.
   * Returns Markdown with unified diffs of the output of `render`. It needs no credentials. Fails if an environment of this
   * state cannot be rendered.
   *
   * Example: `git worktree add ../base origin/main && ./daggerw call difference --base ../base`
   *
   * @param base a checkout of the repository to compare with
   * @param env compares only this environment
   */
  @func({ cache: "never" })
  async difference(base: Directory, env: string = ""): Promise<string> {
    const { difference } = await import("#commands/difference.js")
    return this.call((session) => difference(session, base, env))
  }

  /**
   * Builds one image of `environments/images.yaml` and returns its container.
   * It is built for the platform of the first environment that uses it. Fails if there is no such image, or if its build
   * fails, and shows the build's output.
   *
   * Example: `./daggerw call build --service dapp-store-api as-tarball -o api.tar`
   *
   * @param service the image's name in `environments/images.yaml`
   */
  @func({ cache: "never" })
  async build(service: string): Promise<Container> {
    const { buildService } = await import("#commands/publish.js")
    return this.call((session) => buildService(session, service))
  }

  /**
   * Tests one service that is built from source.
   * Runs its own tests in the stage `test` of its Dockerfile, then starts the image as it would be pushed. Both run with a
   * real Postgres, a real Kafka, and the images that `images.yaml` names under `test.beside`. Returns the tests' output.
   * Fails, and shows that output, if a test fails, if the tests take longer than 15 minutes, or if the image is not healthy
   * within 90 seconds.
   *
   * Example: `./daggerw call test --service dapp-store-api`
   *
   * @param service the image's name in `environments/images.yaml`
   */
  @func({ cache: "never" })
  async test(service: string): Promise<string> {
    const { testService } = await import("#commands/test.js")
    return this.call((session) => testService(session, service, this.sandboxHome))
  }

  /**
   * Publishes the images and charts of an environment.
   * Prints a table of the steps, then the name and digest of each. If one cannot be built or the registry refuses it, fails
   * and shows the table.
   *
   * Example: `./daggerw call publish --env preview-nightly`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async publish(env: string): Promise<string> {
    const { publish } = await import("#commands/publish.js")
    return this.call((session) => publish(session, env))
  }

  /**
   * Plans or applies the infrastructure of one scope, or prints its outputs or resources.
   * The resources are those in its state. An apply always runs OpenTofu, so it also puts right what somebody else has changed
   * in AWS. Fails if the scope or action is unknown, if a wider scope that it needs was never applied, or if OpenTofu fails,
   * and shows its message.
   *
   * Example: `./daggerw call infra --env preview-nightly --scope environment --action plan`
   *
   * @param scope account, cluster or environment
   * @param action plan, apply, outputs or state
   * @param env the environment's name
   * @param cluster a cluster's name in place of an environment's
   */
  @func({ cache: "never" })
  async infra(scope: string, action: string = "plan", env: string = "", cluster: string = ""): Promise<string> {
    const { infra } = await import("#commands/infra.js")
    return this.callFor(env, cluster, (session, owner) => infra(session, owner, scope, action))
  }

  /**
   * Shows what a deployment would change: a table of the steps, and the changes of infrastructure.
   * It changes nothing. Fails if the target cannot be reached.
   *
   * Example: `./daggerw call plan --env preview-nightly`
   *
   * @param env the environment's name
   * @param cluster a cluster's name in place of an environment's
   * @param drift also checks AWS for drift in infrastructure that needs no change; about 10 s per unit
   * @param refuseChanges fails if anything would change, for scheduled checks
   */
  @func({ cache: "never" })
  async plan(
    env: string = "",
    cluster: string = "",
    drift: boolean = false,
    refuseChanges: boolean = false,
  ): Promise<string> {
    const { planDeployment } = await import("#commands/plan.js")
    return this.callFor(env, cluster, (session, owner) => planDeployment(session, owner, drift, refuseChanges))
  }

  /**
   * Deploys an environment or a cluster: infrastructure, images, charts, releases.
   * Whatever is up to date is left alone. An environment brings what it needs of its cluster; a cluster brings all that its
   * environments share, and none of them. Releases and namespaces that it owns and its file no longer names are
   * deleted. Returns a table of the steps and of the pods, and the addresses to open. If a step fails, fails with the same
   * table and every step's error. Also fails if another run holds its lease. Run the same command again to
   * continue.
   *
   * Example: `./daggerw call deploy --env preview-nightly`
   *
   * @param env the environment's name
   * @param cluster a cluster's name in place of an environment's
   * @param confirm the name again: allows deletions in what is protected; a cluster is if one of its environments is
   */
  @func({ cache: "never" })
  async deploy(env: string = "", cluster: string = "", confirm: string = ""): Promise<string> {
    const { deploy } = await import("#commands/deploy.js")
    return this.callFor(env, cluster, (session, owner) => deploy(session, owner, confirm))
  }

  /**
   * Shows the report of the last deployment of an environment or a cluster, even if it failed.
   * Of one that is running or was killed, it says who started it, when, and when it was last seen. Fails if there was none.
   *
   * Example: `./daggerw call report --env preview-nightly`
   *
   * @param env the environment's name
   * @param cluster a cluster's name in place of an environment's
   */
  @func({ cache: "never" })
  async report(env: string = "", cluster: string = ""): Promise<string> {
    const { reportText } = await import("#commands/report.js")
    return this.callFor(env, cluster, (session, owner) => reportText(session, owner))
  }

  /**
   * Prints the lock of the last deployment that succeeded, as JSON.
   * It holds the digests of images, charts and releases, and outputs. Fails if there was none.
   *
   * Example: `./daggerw call lock --env preview-nightly > preview-nightly.lock.json`
   *
   * @param env the environment's name
   * @param cluster a cluster's name in place of an environment's
   */
  @func({ cache: "never" })
  async lock(env: string = "", cluster: string = ""): Promise<string> {
    const { lockText } = await import("#commands/report.js")
    return this.callFor(env, cluster, (session, owner) => lockText(session, owner))
  }

  /**
   * Prints Argo CD Applications for a deployed environment.
   * They are for Argo CD 3.1 or later, and name the same charts, values and digests. If part of the environment is not
   * deployed, fails and names that part.
   *
   * Example: `./daggerw call export-argocd --env preview-nightly > applications.yaml`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async exportArgocd(env: string): Promise<string> {
    const { exportArgocd } = await import("#commands/export-argocd.js")
    return this.call((session) => exportArgocd(session, env))
  }

  /**
   * Checks what is still missing before an environment can be deployed to AWS.
   * It looks at credentials, read permissions, quotas, DNS, placeholders and roles. Also lists the variables that GitHub
   * needs. It changes nothing. Returns a table; fails with the same table if something is missing.
   *
   * Example: `./daggerw call --aws-credentials='cmd://aws configure export-credentials' doctor --env preview-dev`
   *
   * @param env the environment's name
   */
  @func({ cache: "never" })
  async doctor(env: string): Promise<string> {
    const { doctor } = await import("#commands/doctor/doctor.js")
    return this.call((session) => doctor(session, env))
  }

  /**
   * Prints what another repository may access, and the variables that its workflow needs.
   * Fails if there is no such tenant.
   *
   * Example: `./daggerw call tenant --name dapp-store`
   *
   * @param name the tenant's name in `environments/_defaults.yaml`
   */
  @func({ cache: "never" })
  async tenant(name: string): Promise<string> {
    const { tenantText } = await import("#commands/tenant.js")
    return this.call((session) => tenantText(session, name))
  }

  /**
   * Destroys an environment in reverse order; what it shares with others stays.
   * Returns a table of the steps. If a step fails, fails with that table. Without `confirm`, refuses a protected environment,
   * or one in which others have installed something.
   *
   * Example: `./daggerw call destroy --env preview-nightly`
   *
   * @param env the environment's name
   * @param confirm the environment's name again, for a protected one or one in which others have installed something
   */
  @func({ cache: "never" })
  async destroy(env: string, confirm: string = ""): Promise<string> {
    const { destroy } = await import("#commands/destroy.js")
    return this.call((session) => destroy(session, env, confirm))
  }

  /**
   * Gets the digests of all copied images from their registries.
   * Returns the text of `environments/images.lock.yaml`. Fails if a registry cannot be reached, or if the image is a
   * stand-in.
   *
   * Example: `./daggerw call pin-images -o environments/images.lock.yaml`
   */
  @func({ cache: "never" })
  async pinImages(): Promise<string> {
    const { pinImages } = await import("#commands/pin-images.js")
    return this.call((session) => pinImages(session))
  }

  /**
   * Returns one of the command line tools that the steps or the tests run, as a file.
   * So you can use the same tool by hand. If there is no such tool, fails and lists the existing ones.
   *
   * Example: `./daggerw call tool --name helm export --path ./helm`
   *
   * @param name helm, terragrunt, tofu, crane, kubectl, actionlint or syft
   */
  @func()
  async tool(name: string): Promise<File> {
    const { toolFile } = await import("#tools/toolbox.js")
    await this.takeKeptPrograms()
    return toolFile(name)
  }

  /**
   * Lists the programs that the module runs: tools, and those of the sandbox.
   * Shows the name of each recipe, and whether the program is pulled as a published image (`ci/published.json`) or compiled
   * where it is used.
   *
   * Example: `./daggerw call programs`
   *
   * @param missing prints only the programs that are not pinned, as one line of JSON, for a workflow's matrix
   */
  @func({ cache: "never" })
  async programs(missing: boolean = false): Promise<string> {
    const { programList } = await import("#commands/programs.js")
    return programList(this.sandboxHome, missing)
  }

  /**
   * Compiles one program for the engine's platform and pushes it under the name of its recipe.
   * It uses the login from `docker login`. Returns JSON: image and digest. Fails if there is no such program, or if the
   * registry refuses.
   *
   * Example: `./daggerw call publish-program --name helm --repository ghcr.io/OWNER/wallet-world`
   *
   * @param name a tool's name, sandbox or gateway
   * @param repository host and path; the program's name is appended
   */
  @func({ cache: "never" })
  async publishProgram(name: string, repository: string): Promise<string> {
    const { publishProgram } = await import("#commands/programs.js")
    return publishProgram(this.sandboxHome, name, repository)
  }

  /**
   * Gets the digests of all programs from the registry.
   * Returns the text of `ci/published.json`. If programs are not published, fails and names them.
   *
   * Example: `./daggerw call pin-programs --repository ghcr.io/OWNER/wallet-world -o ci/published.json`
   *
   * @param repository where the programs are published
   */
  @func({ cache: "never" })
  async pinPrograms(repository: string): Promise<string> {
    const { pinPrograms } = await import("#commands/programs.js")
    return pinPrograms(this.sandboxHome, repository)
  }

  /**
   * Returns the programs that a deployment runs, as image archives.
   * It is a directory with tools and the programs of the sandbox, which outlives the engine's cache. `./daggerw` keeps them
   * and passes them with `--kept-programs`. Fails if a program cannot be compiled.
   *
   * Example: `./daggerw call keep-programs export --path ./programs`
   */
  @func({ cache: "never" })
  async keepPrograms(): Promise<Directory> {
    const { keptPrograms } = await import("#commands/programs.js")
    await this.takeKeptPrograms()
    return keptPrograms(this.sandboxHome)
  }

  /**
   * Returns the software bill of materials of an image, made with syft: CycloneDX, as JSON.
   * Fails if the reference has no digest.
   *
   * Example: `./daggerw call sbom --image ghcr.io/OWNER/wallet-world/helm@sha256:… export --path sbom.json`
   *
   * @param image the image's reference, with digest
   */
  @func({ cache: "never" })
  async sbom(image: string): Promise<File> {
    const { billOfMaterials } = await import("#commands/programs.js")
    return billOfMaterials(image)
  }

  /**
   * Returns the sandbox as a service, to keep it running after one call.
   * Connections from the host must go to port 8442. If a part fails, the sandbox exits and prints the end of that part's log.
   *
   * Example: `./daggerw call sandbox-service --port 8443 up --ports 8443:8442`
   *
   * @param port the port that it listens on, here and on the host
   * @param tokenSeconds seconds for which it accepts a Kubernetes token; EKS accepts one for 900
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

  /** Does the work of one call that is about an environment or a cluster. */
  private callFor<T>(env: string, cluster: string, work: (session: Session, owner: Owner) => Promise<T>): Promise<T> {
    return this.call(async (session) => {
      const { ownerNamed } = await import("#commands/owner.js")
      return work(session, await ownerNamed(session, env, cluster))
    })
  }

  private async takeKeptPrograms(): Promise<void> {
    const { useKeptPrograms } = await import("#tools/kept.js")
    useKeptPrograms(this.keptPrograms)
  }
}
