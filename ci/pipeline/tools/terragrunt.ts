// Terragrunt: applies, plans and destroys one scope's stack of OpenTofu units.
import { type Container, type Directory, dag, type File } from "@dagger.io/dagger"
import type { Json } from "../model/index.js"
import { type AwsPlace, credentialVariables } from "./aws.js"
import { type Done, run, show } from "./exec.js"
import { type Imports, lostResources, notOwned, withImports } from "./lost-resources.js"
import { say } from "./say.js"
import { withSecretVariables } from "./secrets.js"
import { toolbox } from "./toolbox.js"

/** A scope's stack and what it is given; terragrunt/README.md describes it. */
export interface Stack {
  scope: "account" | "cluster" | "environment"
  account: string
  region: string
  /** `_` in the account's scope. */
  cluster: string
  /** `_` outside an environment's scope. */
  environment: string
  units: Record<string, unknown>
  /** Outputs of the units in the scopes above, by unit. */
  outputs: Record<string, unknown>
}

const root = "/work/terragrunt"

/**
 * The digest of the files that units of a scope are made of. Tests and descriptions are none of them: they change nothing.
 *
 * @param terragrunt the directory `terragrunt`
 * @param scope the scope
 * @param units names of units of it
 */
export function unitsDigest(terragrunt: Directory, scope: Stack["scope"], units: string[]): Promise<string> {
  const include = ["root.hcl", `stacks/${scope}`, ...units.flatMap((unit) => [`units/${unit}`, `modules/${unit}`])]
  return terragrunt.filter({ include, exclude: ["**/tests", "**/*.md"] }).digest()
}

/** Terragrunt for one stack, as the caller. */
export class Terragrunt {
  private constructor(
    private readonly stack: Stack,
    private readonly bare: Container,
    private readonly known: string[],
  ) {}

  /**
   * Prepares a container for one stack.
   *
   * @param place target, account, region
   * @param sources the directory `terragrunt`, and a mirror of providers where there is one
   * @param stack the stack and its inputs
   * @param passphrase the key that state and plans are encrypted with
   */
  static async open(
    place: AwsPlace,
    sources: { terragrunt: Directory; providers?: Directory },
    stack: Stack,
    passphrase: string,
  ): Promise<Terragrunt> {
    const box = (await toolbox("terragrunt", "tofu"))
      .withMountedDirectory(root, sources.terragrunt)
      .withEnvVariable("WALLET_WORLD_INPUTS", "/run/inputs.json")
      .withEnvVariable("TG_TF_PATH", "tofu")
      .withEnvVariable("TG_NON_INTERACTIVE", "true")
      .withEnvVariable("TG_NO_COLOR", "true")
      .withEnvVariable("TG_BACKEND_BOOTSTRAP", "true")
      .withEnvVariable("TF_IN_AUTOMATION", "1")
      .withEnvVariable("TF_INPUT", "0")
      .withEnvVariable("AWS_REGION", place.region)
      .withEnvVariable("CHECKPOINT_DISABLE", "1")
    const attached = await place.target.attach(withProviders(box, sources.providers))
    const variables = credentialVariables(await place.target.credentials(place.account))
    return new Terragrunt(
      stack,
      withSecretVariables(attached, [...variables, ["TF_ENCRYPTION", encryption(passphrase)]]).withWorkdir(
        `${root}/stacks/${stack.scope}`,
      ),
      [...variables.map(([, value]) => value), passphrase],
    )
  }

  /**
   * Applies every unit of the stack, in the order of their dependencies. What a killed run has made and the state does not know
   * is imported.
   *
   * @returns the outputs of the units, by unit; the modules see to it that none is secret
   */
  async apply(): Promise<Record<string, Json>> {
    const applied = await this.applied({})
    const { stdout } = await this.read(applied.box, "output", "--format", "json")
    return JSON.parse(stdout)
  }

  /** One thing that is lost hides another that needs it, so this may take several turns. */
  private async applied(imports: Imports): Promise<Done> {
    try {
      return await this.shown("apply", imports)
    } catch (error) {
      const { account, cluster, environment } = this.stack
      const tags = { "wallet-world/account": account, "wallet-world/cluster": cluster }
      const lost = lostResources((error as Error).message)
      const more = withImports(imports, lost, { ...tags, "wallet-world/environment": environment })
      if (!more) return fail(error as Error)
      const refused = await this.refusal(more)
      if (refused) return fail(new Error(`${(error as Error).message}\n\nNot taken over: ${refused}`))
      const list = lost.map(({ unit, address }) => `${unit}: ${address}`).join(", ")
      say(`a run that was killed has made what is not in the state; it is taken over: ${list}`)
      return this.applied(more)
    }
  }

  /** Why resources are not imported: they are somebody else's, or would be replaced, and they may hold data. */
  private async refusal(imports: Imports): Promise<string | undefined> {
    try {
      const plan = await this.plan(imports)
      const replaced = Object.values(imports)
        .flatMap((unit) => unit.import)
        .filter(({ to }) => plan.includes(`# ${to} must be replaced`))
        .map(({ to, id }) => `${to} (${id}) would be replaced: delete it in AWS, then run the same command again`)
      return replaced.length > 0 ? replaced.join("\n") : undefined
    } catch (error) {
      const { message } = error as Error
      return notOwned(message) ?? message
    }
  }

  /** What an apply would change, in Terragrunt's and OpenTofu's words. It locks nothing: it writes nothing, and waits for no apply. */
  async plan(imports: Imports = {}): Promise<string> {
    const { stdout, stderr } = await this.read(this.box(imports), "run", "plan", "--", "-lock=false")
    return stdout + stderr
  }

  /** The addresses of all resources in the units' states. */
  async resources(): Promise<string> {
    const { stdout } = await this.read(this.box(), "run", "state", "list")
    return stdout
  }

  /** Destroys every unit of the stack, in reverse order. */
  async destroy(): Promise<void> {
    await this.shown("destroy").catch(fail)
  }

  private box(imports: Imports = {}): Container {
    return this.bare.withNewFile("/run/inputs.json", JSON.stringify({ ...this.stack, imports }))
  }

  /** What takes minutes: OpenTofu says what it is doing, and leaves out what is sensitive. */
  private shown(action: string, imports?: Imports): Promise<Done> {
    return show(this.box(imports), ["terragrunt", "stack", "run", action], this.known)
  }

  private read(box: Container, ...args: string[]): Promise<Done> {
    return run(box, ["terragrunt", "stack", ...args]).catch(fail)
  }
}

function fail(error: Error): never {
  throw new Error(withoutChatter(error.message))
}

/** Terragrunt's log without what it merely tells: an error must not drown in it. */
function withoutChatter(log: string): string {
  return log
    .split("\n")
    .filter((line) => !/^(terragrunt stack: )?\S+ (INFO|DEBUG|TRACE|STDOUT) /.test(line))
    .join("\n")
}

/** Providers from a mirror in the file system, or else from their registry through a cache. */
function withProviders(box: Container, mirror?: Directory): Container {
  if (!mirror)
    return box
      .withMountedCache("/cache/providers", dag.cacheVolume("wallet-world-tofu-providers"))
      .withEnvVariable("TG_PROVIDER_CACHE_DIR", "/cache/providers")
  return (
    box
      // OpenTofu asks for hashicorp/aws under its own registry's name; a mirror made for Terraform has the other one.
      .withMountedDirectory("/opt/providers/registry.opentofu.org", mirror.directory("registry.terraform.io"))
      .withMountedFile("/run/tofurc", tofurc())
      .withEnvVariable("TF_CLI_CONFIG_FILE", "/run/tofurc")
      // Two `tofu init` at once would spoil a cache between the mirror and the units.
      .withEnvVariable("TG_NO_AUTO_PROVIDER_CACHE_DIR", "true")
  )
}

function tofurc(): File {
  const text = 'provider_installation {\n  filesystem_mirror {\n    path = "/opt/providers"\n  }\n}\n'
  return dag.directory().withNewFile("tofurc", text).file("tofurc")
}

/** State and saved plans are encrypted, and refused in clear. The names in it can never change. */
function encryption(passphrase: string): string {
  const method = "method.aes_gcm.state"
  return JSON.stringify({
    key_provider: { pbkdf2: { state: { passphrase } } },
    method: { aes_gcm: { state: { keys: "${key_provider.pbkdf2.state}" } } },
    state: { method, enforced: true },
    plan: { method, enforced: true },
  })
}
