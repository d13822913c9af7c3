// The verdict on a registration: its document is downloaded, and must be the one that the chain names.
import { rootHash } from "./canonical.ts"
import type { Claim } from "./cip72.ts"
import { type Json, problemsOf } from "./dapp.ts"
import { type Downloader, FinalError } from "./download.ts"
import { reason } from "./log.ts"

export type Status = "valid" | "invalid" | "unreachable"
export type Verdict = { status: Status; reasons: string[]; url?: string; document?: Json }

/** What reads documents later, the database among it, gives up on very deep ones. */
const DEPTH = 100

/** Invalid is what could be read and is wrong; unreachable is what could not be read, and may be tomorrow. */
export async function check(claim: Claim, downloader: Downloader): Promise<Verdict> {
  if (claim.action === "DE_REGISTER") return { status: "valid", reasons: [] }
  const { timeoutMs } = downloader.limits
  const signal = AbortSignal.timeout(timeoutMs)
  const failed: Verdict = { status: "invalid", reasons: [], url: claim.urls[0] }
  for (const url of claim.urls) {
    try {
      const { document, problems } = judge(await downloader.get(url, signal), claim)
      if (problems.length === 0) return { status: "valid", reasons: [], url, document: document as Json }
      failed.reasons.push(...problems.map((problem) => `${url}: ${problem}`))
    } catch (error) {
      if (!(error instanceof FinalError)) failed.status = "unreachable"
      failed.reasons.push(`${url}: ${signal.aborted ? `not there within ${timeoutMs} ms` : reason(error)}`)
    }
  }
  return failed
}

function judge(bytes: Uint8Array, claim: Claim): { document?: unknown; problems: string[] } {
  try {
    const document: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes))
    if (isDeeper(document, DEPTH)) return { problems: [`the document has more than ${DEPTH} levels`] }
    const hash = rootHash(document)
    if (hash !== claim.rootHash) return { problems: [`the document's hash is ${hash}, not the rootHash`] }
    return { document, problems: problemsOf(document, claim.subject) }
  } catch (error) {
    return { problems: [`the document is not JSON that has a canonical form: ${reason(error)}`] }
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1))
}
