// What a target is: everything that differs between AWS and the sandbox, and nothing else.

import type { Agent } from "node:https"
import type { Container } from "@dagger.io/dagger"

/** Short-lived AWS credentials. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string
  expiration?: Date
}

/** Where a deployment goes. Steps know only this interface: none may ask which target it runs against. */
export interface Target {
  /** Names the target in the first and the last line of every result, and says what in it is emulated. */
  readonly title: string

  /** Whether copied images must be those of `environments/images.lock.yaml`; stand-ins never are. */
  readonly demandsPins: boolean

  /** Set where nothing of a deployment is left when the call has ended: says so, and how to keep it. */
  readonly gone?: string

  /**
   * Credentials that are good for the work of one step, or for as long as is said: read again where the last ones are not.
   *
   * @param account the account that the step works in, twelve digits
   * @param seconds how long they must be good for; if not given, for the longest step
   * @throws when there are none, they cannot be read, or they end too soon
   */
  credentials(account: string, seconds?: number): Promise<Credentials>

  /**
   * Lets a container reach the target: network, certificate authority, AWS endpoint. No credentials.
   *
   * @param box the container
   */
  attach(box: Container): Promise<Container>

  /** How the module's own AWS clients reach the target: an endpoint where AWS's own is not meant, and connections. */
  connection(): Promise<Connection>

  /**
   * An address at which a person finds a host of the deployment.
   *
   * @param host a host name of the deployment, such as api.preview-nightly.lw.iog.io
   */
  address(host: string): string
}

/** See {@link Target.connection}. */
export interface Connection {
  endpoint?: string
  agent?: Agent
}
