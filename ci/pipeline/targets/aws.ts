// AWS as a target: credentials that the caller hands over, AWS's own endpoints and certificates.
import type { Container, Secret } from "@dagger.io/dagger"
import { CredentialsReader } from "./credentials.js"
import type { Connection, Credentials, Target } from "./target.js"

/** AWS itself. Never tried against a real account: what is tried is the same code against the sandbox. */
export class AwsTarget implements Target {
  readonly title = "AWS"
  readonly demandsPins = true

  private readonly reader: CredentialsReader

  constructor(secret: Secret) {
    this.reader = new CredentialsReader(() => secret.plaintext())
  }

  credentials(account: string, seconds?: number): Promise<Credentials> {
    return this.reader.read(account, seconds)
  }

  async attach(box: Container): Promise<Container> {
    return box
  }

  async connection(): Promise<Connection> {
    return {}
  }

  address(host: string): string {
    return `https://${host}/`
  }
}
