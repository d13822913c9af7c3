// A tenant as it is outside of this repository: its own history, wallet-world from a Git at a commit, a role of its own.
import { execFileSync } from "node:child_process"
import { cpSync, readdirSync, realpathSync, rmSync } from "node:fs"
import { createServer, type Server } from "node:http"
import { createRequire } from "node:module"
import { type AddressInfo, connect } from "node:net"
import { join, relative } from "node:path"
import type { Credentials } from "../../ci/pipeline/targets/target.js"
import { clientOptions } from "../../ci/pipeline/tools/aws.js"
import { temporary } from "../temporary.js"
import { account, hostTarget, region } from "./cluster.js"
import { command, type Ended, request, root, sandboxAddress } from "./world.js"

/** Runs git in a directory, as nobody in particular. */
export const git = (directory: string, ...args: string[]) =>
  execFileSync("git", ["-C", directory, "-c", "user.name=test", "-c", "user.email=test@example.org", ...args], {
    encoding: "utf8",
  })

/** The example of a tenant's repository. */
export const exampleDirectory = join(root, "examples/dappstore")

const installed = (path: string) => path.split("/").includes("node_modules")

/** The symbolic links below a directory that lead out of it, or nowhere. */
export function linksOutOf(directory: string): string[] {
  const within = (path: string) => !relative(realpathSync(directory), path).startsWith("..")
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !installed(path))
    .filter((path) => {
      try {
        return !within(realpathSync(join(directory, path)))
      } catch {
        return true
      }
    })
}

/** examples/dappstore as a repository of its own, beside a Git that holds this checkout, uncommitted changes and all. */
export class TenantRepository {
  readonly #directory = temporary("tenant")
  readonly path = join(this.#directory, "dappstore")
  readonly source = join(this.#directory, "wallet-world")

  constructor(private readonly port: number) {
    git(this.#directory, "clone", "--quiet", root, this.source)
    const changed = git(root, "ls-files", "-z", "--modified", "--others", "--exclude-standard")
      .split("\0")
      .filter(Boolean)
    for (const path of changed) cpSync(join(root, path), join(this.source, path), { recursive: true })
    git(this.source, "checkout", "--quiet", "-B", "main")
    git(this.source, "add", "--all")
    git(this.source, "commit", "--quiet", "--allow-empty", "-m", "As it is")

    // Links stay what they are: the directory must be whole without this checkout.
    const options = { recursive: true, verbatimSymlinks: true }
    cpSync(exampleDirectory, this.path, { ...options, filter: (path) => !installed(path) })
    git(this.#directory, "init", "--quiet", this.path)
    git(this.path, "add", "--all")
    git(this.path, "commit", "--quiet", "-m", "First")
  }

  /** The commit that wallet-world is at. */
  get commit(): string {
    return git(this.source, "rev-parse", "HEAD").trim()
  }

  /** Runs the repository's `./daggerw ARGS…`. */
  daggerw(args: string[], env: object = {}): Promise<Ended> {
    return command(join(this.path, "daggerw"), args, {
      cwd: this.path,
      env: { WALLET_WORLD_REPOSITORY: `file://${this.source}`, WALLET_WORLD_SANDBOX: String(this.port), ...env },
    })
  }

  remove(): void {
    rmSync(this.#directory, { recursive: true })
  }
}

/** What a workflow of a repository gets for a role, from a token of GitHub for one of its jobs. */
export async function assumeRole(port: number, role: string, subject: string): Promise<Credentials> {
  const { text } = await request(port, "localhost", `/github-token?sub=${encodeURIComponent(subject)}`)
  const { AssumeRoleWithWebIdentityCommand, STSClient } = createRequire(join(root, "ci/package.json"))(
    "@aws-sdk/client-sts",
  )
  const sts = new STSClient(await clientOptions({ target: hostTarget(port), account, region }))
  const { Credentials: given } = await sts.send(
    new AssumeRoleWithWebIdentityCommand({
      RoleArn: `arn:aws:iam::${account}:role/${role}`,
      RoleSessionName: "workflow",
      WebIdentityToken: JSON.parse(text).value,
      DurationSeconds: 7200,
    }),
  )
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    expiration: given.Expiration,
  }
}

/** A proxy that leads every name to the sandbox, for programs that cannot be told an address. */
export async function proxyTo(port: number): Promise<{ url: string; server: Server }> {
  const server = createServer()
  server.on("connect", (_request, client) => {
    const sandbox = connect(port, sandboxAddress(), () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n")
      sandbox.pipe(client).pipe(sandbox)
    })
    sandbox.on("error", () => client.destroy())
    client.on("error", () => sandbox.destroy())
  })
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}
