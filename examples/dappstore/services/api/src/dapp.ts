// What a dApp's document must look like. Further fields are kept as they are.
export type Dapp = { name: string; url?: string } & Record<string, unknown>

const ID = /^[a-z0-9][a-z0-9-]{0,63}$/
const NAME_LENGTH = 100
/** The rule for ids, in words. */
export const ID_RULE = "1 to 64 of a-z, 0-9 and -, and begins with no -"

/** Ids appear in addresses: lower-case letters, digits and hyphens, 64 characters at most. */
export function isId(id: string): boolean {
  return ID.test(id)
}

/** All that is wrong with a document; empty when it is good. */
export function problemsOf(document: unknown): string[] {
  if (typeof document !== "object" || document === null || Array.isArray(document)) return ["must be a JSON object"]
  const { name, url } = document as Record<string, unknown>
  const problems: string[] = []
  if (typeof name !== "string" || name.trim() === "" || name.length > NAME_LENGTH)
    problems.push(`name must be a text of 1 to ${NAME_LENGTH} characters`)
  if (url !== undefined && !isWebAddress(url)) problems.push("url must be an http or https address")
  return problems
}

function isWebAddress(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)
}
