// The CIP-72 registrations that were checked, as the validation service tells about them.
import type { Dapp } from "./dapps.ts"
import { fields, type Upstream } from "./upstream.ts"

export type Registration = {
  status: string
  reasons: string[]
  attempts: number
  checkedAt: string
  // A message that could not be understood may lack any of these, and oura's Kafka sink tells no slot.
  txHash?: string
  slot?: number
  subject?: string
  name?: string
  action?: string
  rootHash?: string
  url?: string
  /** There will be another attempt to get the document. */
  nextAttemptAt?: string
}

/** Which ones: of one subject, and older than a page's last one. */
export type Wanted = { subject?: string; after?: string }
/** Newest first, and what to continue after if there are more. */
export type Page = { registrations: Registration[]; next?: string }

const PAGE_SIZE = 50
const SUBJECT = /^[0-9a-f]{1,64}$/i
const CURSOR = /^[0-9]{1,18}$/

/** All that keeps a page from being asked for; empty when nothing does. */
export function problemsOf({ subject, after }: Wanted): string[] {
  const problems: string[] = []
  if (subject && !SUBJECT.test(subject)) problems.push("A subject is 1 to 64 hexadecimal digits.")
  if (after && !CURSOR.test(after)) problems.push("The address of this page is not one of the store's.")
  return problems
}

/** The subject of a dApp: a field of its document, else its id; undefined where neither can be one. */
export function subjectOf({ id, document }: Dapp): string | undefined {
  return [document.subject, id].find((text): text is string => typeof text === "string" && SUBJECT.test(text))
}

export class Registrations {
  readonly #validation: Upstream

  constructor(validation: Upstream) {
    this.#validation = validation
  }

  async list({ subject, after }: Wanted): Promise<Page> {
    const query = new URLSearchParams({
      limit: `${PAGE_SIZE}`,
      ...(subject && { subject }),
      ...(after && { after }),
    })
    const path = `/registrations?${query}`
    const { registrations, next } = fields(await this.#validation.get(path))
    if (!Array.isArray(registrations) || !(next === null || (typeof next === "string" && CURSOR.test(next))))
      throw this.#validation.unexpected(path)
    return {
      registrations: registrations.map((value) => {
        const registration = registrationOf(fields(value))
        if (!registration) throw this.#validation.unexpected(path)
        return registration
      }),
      next: next ?? undefined,
    }
  }

  /** The last ones of a dApp; none of a dApp that cannot have any. */
  async of(dapp: Dapp): Promise<Page> {
    const subject = subjectOf(dapp)
    return subject ? await this.list({ subject }) : { registrations: [] }
  }
}

function registrationOf(value: Record<string, unknown>): Registration | undefined {
  const { status, reasons, checkedAt, attempts } = value
  if (typeof status !== "string" || !isTime(checkedAt) || !Array.isArray(reasons)) return undefined
  const text = (field: string) => (typeof value[field] === "string" ? value[field] : undefined)
  return {
    status,
    reasons: reasons.map(String),
    attempts: typeof attempts === "number" ? attempts : 1,
    checkedAt,
    txHash: text("txHash"),
    slot: typeof value.slot === "number" ? value.slot : undefined,
    subject: text("subject"),
    name: text("name"),
    action: text("action"),
    rootHash: text("rootHash"),
    url: text("url"),
    nextAttemptAt: isTime(value.nextAttemptAt) ? value.nextAttemptAt : undefined,
  }
}

function isTime(value: unknown): value is string {
  return typeof value === "string" && !Number.isNaN(Date.parse(value))
}
