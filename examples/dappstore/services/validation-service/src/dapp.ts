// The API's document for a dApp, made of the off-chain document of CIP-72.
export type Json = Record<string, unknown>

const NAME_LENGTH = 100
/** The API takes no longer ones. */
const DOCUMENT_LIMIT = 64 * 1024

/** All that keeps a document from being shown in the store as the subject's; CIP-72 only recommends its other fields. */
export function problemsOf(document: unknown, subject: string): string[] {
  if (typeof document !== "object" || document === null || Array.isArray(document))
    return ["the document is not a JSON object"]
  const { subject: own, projectName } = document as Json
  const problems: string[] = []
  if (typeof own !== "string" || own.toLowerCase() !== subject)
    problems.push("the document's subject is not the registration's")
  if (typeof projectName !== "string" || projectName.trim() === "" || projectName.length > NAME_LENGTH)
    problems.push(`the document's projectName must be a text of 1 to ${NAME_LENGTH} characters`)
  return problems
}

/** Name and address for the API, and the fields of CIP-72; the largest of these are left out if all are too much. */
export function dappOf(document: Json): Json {
  const { projectName: name, link } = document
  const dapp: Json = { ...document, name, url: isWebAddress(link) ? link : undefined }
  for (;;) {
    const sizes = Object.entries(dapp)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, size: Buffer.byteLength(JSON.stringify({ [key]: value })) }))
    if (sizes.reduce((sum, { size }) => sum + size, 0) <= DOCUMENT_LIMIT) return dapp
    const largest = sizes
      .filter(({ key }) => !["name", "subject"].includes(key))
      .reduce((most, entry) => (entry.size > most.size ? entry : most))
    delete dapp[largest.key]
  }
}

function isWebAddress(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
