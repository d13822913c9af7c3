// Downloads from addresses that strangers wrote on the chain: from the public internet only, and within limits.
import { type LookupAddress, lookup } from "node:dns"
import { type IncomingMessage, request as requestHttp } from "node:http"
import { request as requestHttps } from "node:https"
import { isIP, type LookupFunction } from "node:net"
import { isPublic } from "./address.ts"

export type Limits = {
  maxBytes: number
  /** For all attempts at one registration's document together. */
  timeoutMs: number
  maxRedirects: number
  /** Private addresses, and plain http. */
  allowPrivate: boolean
  ipfsGateway?: string
}

/** Trying again cannot help. */
export class FinalError extends Error {}

type Resolve = (
  host: string,
  options: { all: true },
  callback: (error: Error | null, addresses: LookupAddress[]) => void,
) => void

const HEADERS = {
  accept: "application/json, */*;q=0.5",
  // The limit counts bytes on the wire: a small archive may unpack to a large document.
  "accept-encoding": "identity",
  "user-agent": "dapp-store-validation",
}

export class Downloader {
  readonly limits: Limits
  readonly #permits: (address: string) => boolean
  readonly #lookup: LookupFunction

  constructor(limits: Limits, resolve: Resolve = lookup, permits = limits.allowPrivate ? () => true : isPublic) {
    this.limits = limits
    this.#permits = permits
    // The connection goes to what this returns: a name that resolves to another address a moment later changes nothing.
    this.#lookup = (host, options, callback) =>
      resolve(host, { ...options, all: true }, (error, addresses) => {
        const refused = addresses?.find(({ address }) => !permits(address))
        const [first] = addresses ?? []
        if (error) callback(error, "")
        else if (refused) callback(new Error(notPublic(host, refused.address)), "")
        else if (!first) callback(new Error(`${host} has no address`), "")
        else if (options.all) callback(null, addresses)
        else callback(null, first.address, first.family)
      })
  }

  /** The bytes at an https or ipfs address. */
  async get(address: string, signal: AbortSignal): Promise<Buffer> {
    let url = this.#located(address)
    for (let redirects = 0; ; redirects++) {
      this.#check(url)
      const response = await this.#request(url, signal)
      try {
        const { statusCode = 0, headers } = response
        if (statusCode >= 300 && statusCode < 400 && headers.location) {
          if (redirects === this.limits.maxRedirects) throw new Error(`more than ${redirects} redirects`)
          if (!URL.canParse(headers.location, url.href)) throw new Error("a redirect to something that is no address")
          url = new URL(headers.location, url)
          continue
        }
        if (statusCode !== 200) throw new Error(`status ${statusCode}`)
        return await this.#body(response)
      } finally {
        response.destroy()
      }
    }
  }

  /** ipfs://CID/PATH is at GATEWAY/ipfs/CID/PATH. */
  #located(address: string): URL {
    const [, cid, path = ""] = /^ipfs:\/\/([^/?#]+)([^?#]*)$/i.exec(address) ?? []
    if (!cid) return new URL(address)
    if (!this.limits.ipfsGateway) throw new Error("there is no gateway for ipfs addresses: set IPFS_GATEWAY")
    const base = `${this.limits.ipfsGateway}/ipfs/${cid}`
    const url = new URL(base + path)
    // Dots in the path must not lead out of the document.
    if (!/^[a-zA-Z0-9]+$/.test(cid) || !`${url.href}/`.startsWith(`${new URL(base).href}/`))
      throw new FinalError("not a correct ipfs address")
    return url
  }

  #check(url: URL): void {
    if (url.protocol !== "https:" && !(this.limits.allowPrivate && url.protocol === "http:"))
      throw new FinalError(`${url.protocol} is not https:`)
    if (url.username || url.password) throw new FinalError("the address contains a user or password")
    // A literal address is connected to without a look-up.
    const host = url.hostname.replace(/^\[|\]$/g, "")
    if (isIP(host) && !this.#permits(host)) throw new FinalError(notPublic(url.host, host))
  }

  #request(url: URL, signal: AbortSignal): Promise<IncomingMessage> {
    const request = url.protocol === "https:" ? requestHttps : requestHttp
    return new Promise((resolve, reject) => {
      // Without an agent, no connection is used twice.
      request(url, { agent: false, lookup: this.#lookup, signal, headers: HEADERS })
        .on("response", resolve)
        .on("error", reject)
        .end()
    })
  }

  async #body(response: IncomingMessage): Promise<Buffer> {
    const { maxBytes } = this.limits
    if (response.headers["content-encoding"] && response.headers["content-encoding"] !== "identity")
      throw new Error(`the content is encoded as ${response.headers["content-encoding"]}`)
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of response) {
      length += chunk.length
      if (length > maxBytes) throw new FinalError(`more than ${maxBytes} bytes`)
      chunks.push(chunk)
    }
    return Buffer.concat(chunks)
  }
}

function notPublic(host: string, address: string): string {
  return `${host} is at ${address}, which is not a public address`
}
