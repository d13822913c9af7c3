// The embedded sandbox as a target: one address, every name of the emulated cloud leads to it.

import { Agent } from "node:https"
import type { LookupFunction } from "node:net"
import { Container, dag, File, Secret } from "@dagger.io/dagger"
import { CredentialsReader } from "./credentials.js"
import type { Connection, Credentials, Target } from "./target.js"

const domain = "sandbox.test"

/**
 * A running sandbox. Whatever the engine runs reaches it by its address in the engine's network: no name is looked up, and
 * nothing goes through the engine's tunnel to the host.
 */
export class SandboxTarget implements Target {
  readonly demandsPins = false
  private readonly agent: Agent
  private readonly reader: CredentialsReader

  private constructor(
    private readonly ip: string,
    private readonly port: string,
    private readonly kept: boolean,
    private readonly authority: string,
    secret?: Secret,
  ) {
    const lookup: LookupFunction = (_host, { all }, done) =>
      all ? done(null, [{ address: ip, family: 4 }]) : done(null, ip, 4)
    // Idle connections end here before they do there, so that no request is sent on one that is ending.
    this.agent = new Agent({ ca: authority, keepAlive: true, lookup, timeout: 10_000 })
    this.reader = new CredentialsReader((account) => secret?.plaintext() ?? this.administrator(account))
  }

  /**
   * Meets a sandbox and waits until all of its parts are ready.
   *
   * @param address where it is in the engine's network, such as 10.87.0.12:8443
   * @param kept whether it outlives the call
   * @param secret credentials to use in place of the sandbox's own administrator's
   * @throws when that is no address, or it is not ready in time, with what its parts say
   */
  static async open(address: string, kept: boolean, secret?: Secret): Promise<SandboxTarget> {
    const [, ip, port] = /^(\d+\.\d+\.\d+\.\d+):(\d+)$/.exec(address) ?? []
    if (!port)
      throw new Error(
        `--sandbox is ${address}: it is an address in the engine's network, such as 10.87.0.12:8443; \`./daggerw sandbox status\` shows it`,
      )
    await ready(`http://${address}/ready`)
    const authority = await (await fetch(`http://${address}/ca.crt`)).text()
    return new SandboxTarget(ip, port, kept, authority, secret)
  }

  get gone(): string | undefined {
    if (this.kept) return undefined
    return "The sandbox has ended with this call, and nothing of the above is left. `./daggerw call`, in a checkout of the module, keeps its sandbox for later calls and for a browser"
  }

  get title(): string {
    const life = this.kept ? `kept at http://localhost:${this.port}/` : "it ends with this call"
    return `the sandbox (${life}): AWS is emulated, Kubernetes, the registry, Postgres and Kafka are real`
  }

  credentials(account: string, seconds?: number): Promise<Credentials> {
    return this.reader.read(account, seconds)
  }

  /** Credentials of the sandbox's administrator. */
  private async administrator(account: string): Promise<string> {
    const answer = await fetch(`http://${this.ip}:${this.port}/credentials?account=${account}`)
    if (!answer.ok) throw new Error(`the sandbox refused credentials for account ${account}: ${await answer.text()}`)
    return answer.text()
  }

  async attach(box: Container): Promise<Container> {
    return box
      .withEnvVariable("HTTPS_PROXY", `http://${this.ip}:${this.port}`)
      .withMountedFile("/run/target/authorities/sandbox.crt", authorityFile(this.authority))
      .withEnvVariable("SSL_CERT_DIR", "/etc/ssl/certs:/run/target/authorities")
      .withEnvVariable("AWS_ENDPOINT_URL", `https://aws.${domain}:${this.port}`)
  }

  async connection(): Promise<Connection> {
    return { endpoint: `https://aws.${domain}:${this.port}`, agent: this.agent }
  }

  address(host: string): string {
    return `http://${host}.localhost:${this.port}/`
  }
}

async function ready(url: string, seconds = 180): Promise<void> {
  const deadline = Date.now() + seconds * 1000
  let last = "no answer"
  while (Date.now() < deadline) {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(5_000) })
      if (answer.ok) return
      last = await answer.text()
    } catch (error) {
      last = String((error as Error).cause ?? error)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(
    `the sandbox is not ready after ${seconds} s: ${last}. \`./daggerw sandbox reset\` starts an empty one`,
  )
}

function authorityFile(pem: string): File {
  return dag.directory().withNewFile("sandbox.crt", pem).file("sandbox.crt")
}
