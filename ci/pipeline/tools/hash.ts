// SHA-256 and HMAC by Node's own crypto, in the shape that the AWS signer asks for.
import { createHash, createHmac, type Hmac, type Hash as NodeHash } from "node:crypto"

/** The signer's hash constructor; with a secret it is an HMAC. */
export class Hash {
  private hash: NodeHash | Hmac

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash("sha256") : createHmac("sha256", secret as Uint8Array)
  }

  update(chunk: string | Uint8Array): void {
    this.hash.update(chunk)
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest()
  }

  reset(): void {
    throw new Error("not used by the signer")
  }
}
