// The embedded sandbox as a target: one service, every name of the emulated cloud leads to it.

import { lookup } from "node:dns"
import { Agent } from "node:https"
import { Container, dag, File, Secret, Service } from "@dagger.io/dagger"
import { parseCredentials } from "./credentials.js"
import type { Connection, Credentials, Target } from "./target.js"

const domain = "sandbox.test"

/** A running sandbox. */
export class SandboxTarget implements Target {
  readonly demandsPins = false

  private constructor(
    private readonly service: Service,
    private readonly kept: boolean,
    private readonly hostname: string,
    private readonly port: number,
    private readonly authority: string,
    private readonly secret?: Secret,
  ) {}

  /**
   * Starts or meets a sandbox and waits until all of its parts are ready.
   *
   * @param service the sandbox: one that is kept on the host, or one that lives as long as the call
   * @param kept whether it outlives the call
   * @param secret credentials to use in place of the sandbox's own administrator's
   * @throws when it is not ready in time, with what its parts say
   */
  static async open(service: Service, kept: boolean, secret?: Secret): Promise<SandboxTarget> {
    const started = await service.start()
    const [hostname, ports] = [await started.hostname(), await started.ports()]
    const port = await ports[0].port()
    const url = `http://${hostname}:${port}`
    await ready(`${url}/ready`)
    const authority = await (await fetch(`${url}/ca.crt`)).text()
    return new SandboxTarget(started, kept, hostname, port, authority, secret)
  }

  get title(): string {
    const life = this.kept ? `kept at http://localhost:${this.port}/` : "it ends with this call"
    return `the sandbox (${life}): AWS is emulated, Kubernetes, the registry, Postgres and Kafka are real`
  }

  async credentials(account: string): Promise<Credentials> {
    if (this.secret) return parseCredentials(await this.secret.plaintext())
    const answer = await fetch(`http://${this.hostname}:${this.port}/credentials?account=${account}`)
    if (!answer.ok) throw new Error(`the sandbox gives no credentials for account ${account}: ${await answer.text()}`)
    return parseCredentials(await answer.text())
  }

  async attach(box: Container, ...hosts: string[]): Promise<Container> {
    return [`aws.${domain}`, ...hosts]
      .reduce((bound, host) => bound.withServiceBinding(host.split(":")[0], this.service), box)
      .withMountedFile("/run/target/authorities/sandbox.crt", authorityFile(this.authority))
      .withEnvVariable("SSL_CERT_DIR", "/etc/ssl/certs:/run/target/authorities")
      .withEnvVariable("AWS_ENDPOINT_URL", `https://aws.${domain}:${this.port}`)
  }

  async connection(): Promise<Connection> {
    const agent = new Agent({
      ca: this.authority,
      keepAlive: true,
      lookup: (_host, options, done) => lookup(this.hostname, options, done),
    })
    return { endpoint: `https://aws.${domain}:${this.port}`, agent }
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
  throw new Error(`the sandbox is not ready after ${seconds} s: ${last}. \`./daggerw sandbox reset\` starts it anew`)
}

function authorityFile(pem: string): File {
  return dag.directory().withNewFile("sandbox.crt", pem).file("sandbox.crt")
}
