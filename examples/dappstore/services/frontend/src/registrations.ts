// The last checked CIP-72 registrations, as the validation service tells about them.
import type { Dapp } from "./dapps.ts"
import { fields, type Upstream } from "./upstream.ts"

export type Registration = {
  txHash: string
  slot: number
  status: string
  reasons: string[]
  checkedAt: string
  // What was wrong may be that these are not there.
  subject?: string
  action?: string
  rootHash?: string
  url?: string
}

/** How many of the last registrations are asked for. */
export const LAST = 100

export class Registrations {
  readonly #validation: Upstream

  constructor(validation: Upstream) {
    this.#validation = validation
  }

  /** The last ones of all dApps, in the order in which the service gives them. */
  async last(): Promise<Registration[]> {
    const path = `/registrations?limit=${LAST}`
    const { registrations } = fields(await this.#validation.get(path))
    if (!Array.isArray(registrations)) throw this.#validation.unexpected(path)
    return registrations.map((value) => {
      const registration = registrationOf(fields(value))
      if (!registration) throw this.#validation.unexpected(path)
      return registration
    })
  }

  /** Those of one dApp among the last ones. Its subject is a field of its document, else its id. */
  async of({ id, document }: Dapp): Promise<Registration[]> {
    const subject = (typeof document.subject === "string" ? document.subject : id).toLowerCase()
    return (await this.last()).filter((registration) => registration.subject?.toLowerCase() === subject)
  }
}

function registrationOf(value: Record<string, unknown>): Registration | undefined {
  const { txHash, slot, status, reasons, checkedAt } = value
  if (typeof txHash !== "string" || typeof status !== "string") return undefined
  if (typeof slot !== "number" || typeof checkedAt !== "string" || Number.isNaN(Date.parse(checkedAt))) return undefined
  const text = (field: string) => (typeof value[field] === "string" ? value[field] : undefined)
  return {
    txHash,
    slot,
    status,
    reasons: Array.isArray(reasons) ? reasons.map(String) : [],
    checkedAt,
    subject: text("subject"),
    action: text("action"),
    rootHash: text("rootHash"),
    url: text("url"),
  }
}
