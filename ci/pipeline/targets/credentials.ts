// Reads AWS credentials in the format of `aws configure export-credentials`, and says what is wrong with them.
import { secrets } from "../model/index.js"
import type { Credentials } from "./target.js"

/** Seconds that credentials must still be good for: the longest step, but for the one that makes EKS and then MSK. */
const longestStep = 30 * 60

/** Seconds that credentials must still be good for where they only sign one request. */
export const oneRequest = 60

const howTo = "pass --aws-credentials='cmd://aws configure export-credentials'"

/**
 * Parses credentials as `aws configure export-credentials` prints them (its `process` format, which AWS's SDKs read too).
 *
 * @param text the JSON document; it is never repeated in an error
 * @param now the time to compare the expiration with
 * @param seconds how long they must be good for; if not given, for the longest step
 * @returns the credentials
 * @throws when it is not that document, a key is missing, or the credentials end before that
 */
export function parseCredentials(text: string, now = new Date(), seconds = longestStep): Credentials {
  const fields = jsonObject(text)
  const missing = ["AccessKeyId", "SecretAccessKey"].filter((key) => typeof fields[key] !== "string" || !fields[key])
  if (missing.length > 0) throw new Error(`--aws-credentials lacks ${missing.join(" and ")}: ${howTo}`)

  const expiration = fields.Expiration === undefined ? undefined : new Date(String(fields.Expiration))
  if (expiration && Number.isNaN(expiration.getTime()))
    throw new Error(`--aws-credentials has an Expiration that is not a time: ${howTo}`)
  if (expiration && !lasts(expiration, seconds, now)) {
    const why = seconds > oneRequest ? `but a step can take ${seconds / 60} minutes` : "too soon for one more request"
    throw new Error(`--aws-credentials expire at ${expiration.toISOString()}, ${why}: sign in again, then ${howTo}`)
  }

  const token = fields.SessionToken ?? fields.Token
  return {
    accessKeyId: secrets.know(String(fields.AccessKeyId)),
    secretAccessKey: secrets.know(String(fields.SecretAccessKey)),
    sessionToken: token ? secrets.know(String(token)) : undefined,
    expiration,
  }
}

/** Seconds for which several steps share what was read: one that begins later gets credentials that last as long as can be. */
const fresh = 60

interface Reading {
  at: number
  credentials: Promise<Credentials>
}

/**
 * Reads credentials for each step, and for single requests only where those that it has do not last. Those without an end are
 * read each time.
 */
export class CredentialsReader {
  private readonly readings = new Map<string, Reading>()

  /**
   * @param text reads the document of {@link parseCredentials} for an account
   */
  constructor(private readonly text: (account: string) => Promise<string>) {}

  /** Credentials for an account; see {@link parseCredentials} for the seconds, and for what it throws. */
  async read(account: string, seconds = longestStep): Promise<Credentials> {
    const last = this.readings.get(account)
    const known = await last?.credentials.catch(() => undefined)
    const enough = known?.expiration && lasts(known.expiration, seconds) ? known : undefined
    if (enough && (seconds <= oneRequest || Date.now() - (last?.at ?? 0) < fresh * 1000)) return enough
    // Somebody else may have begun to read meanwhile.
    if (this.readings.get(account) !== last) return this.read(account, seconds)
    const text = this.text(account)
    const reading = { at: Date.now(), credentials: text.then((text) => parseCredentials(text, new Date(), 0)) }
    this.readings.set(account, reading)
    try {
      await reading.credentials
    } catch {
      if (last && this.readings.get(account) === reading) this.readings.set(account, last)
      if (enough) return enough
    }
    return parseCredentials(await text, new Date(), seconds)
  }
}

const lasts = (end: Date, seconds: number, now = new Date()) => end.getTime() - now.getTime() >= seconds * 1000

function jsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>
  } catch {
    // Falls through: the parser's message would repeat a part of the secret.
  }
  throw new Error(`--aws-credentials is not the JSON that \`aws configure export-credentials\` prints: ${howTo}`)
}
