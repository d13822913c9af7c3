// The dApps, as the API tells about them.
import { fields, type Upstream } from "./upstream.ts"

export type Document = { name: string; url?: string } & Record<string, unknown>
export type Dapp = { id: string; document: Document }
/** Some dApps, and what to continue after if there may be more. */
export type Page = { dapps: Dapp[]; next?: string }

const PAGE_SIZE = 50
const SEARCH_PAGE_SIZE = 100
const SEARCH_PAGES = 20
// Pages are asked for one after the other: no further one is begun after this.
const SEARCH_MS = 2000
const ID = /^[a-z0-9][a-z0-9-]{0,63}$/

/** Whether the API could have a dApp of this id. */
export function isId(id: string): boolean {
  return ID.test(id)
}

export class Dapps {
  readonly #api: Upstream

  constructor(api: Upstream) {
    this.#api = api
  }

  /** Fails unless the API answers that all is well. */
  async check(): Promise<void> {
    if ((await this.#api.get("/health")) === undefined) throw this.#api.unexpected("/health")
  }

  async get(id: string): Promise<Dapp | undefined> {
    const path = `/dapps/${id}`
    const document = await this.#api.get(path)
    if (document === undefined) return undefined
    if (!isDocument(document)) throw this.#api.unexpected(path)
    return { id, document }
  }

  /** The dApps after an id, or the first ones. */
  async list(after?: string, limit = PAGE_SIZE): Promise<Page> {
    const query = new URLSearchParams({ limit: `${limit}`, ...(after && { after }) })
    const path = `/dapps?${query}`
    const { dapps, next } = fields(await this.#api.get(path))
    if (!Array.isArray(dapps) || !dapps.every(isDapp) || !(next === null || (typeof next === "string" && isId(next))))
      throw this.#api.unexpected(path)
    return { dapps, next: next ?? undefined }
  }

  /** dApps whose name contains a text; `next` is there too when the search stopped before the last dApp. */
  async search(text: string, after?: string): Promise<Page> {
    const wanted = folded(text)
    const found: Dapp[] = []
    const deadline = performance.now() + SEARCH_MS
    let next = after
    for (let pages = 0; pages < SEARCH_PAGES && performance.now() < deadline; pages++) {
      const page = await this.list(next, SEARCH_PAGE_SIZE)
      for (const dapp of page.dapps) {
        if (!folded(dapp.document.name).includes(wanted)) continue
        found.push(dapp)
        if (found.length === PAGE_SIZE) return { dapps: found, next: dapp.id }
      }
      next = page.next
      if (!next) break
    }
    return { dapps: found, next }
  }
}

/** Without the differences that people do not mean: case, and forms of the same character. */
function folded(text: string): string {
  return text.normalize("NFKC").toLowerCase()
}

function isDapp(value: unknown): value is Dapp {
  const { id, document } = fields(value)
  return typeof id === "string" && isId(id) && isDocument(document)
}

function isDocument(value: unknown): value is Document {
  const { name, url } = fields(value)
  return typeof name === "string" && (url === undefined || typeof url === "string")
}
