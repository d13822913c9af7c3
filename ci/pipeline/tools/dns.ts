// Public DNS: which servers a domain is delegated to.
import { Resolver } from "node:dns/promises"

/** Milliseconds that one question may take. */
const limit = 3_000

/**
 * The name servers of a domain, as public DNS has them.
 *
 * @param domain the domain
 * @returns their names, none where the domain is not delegated; undefined where DNS cannot be asked
 */
export async function nameServersOf(domain: string): Promise<string[] | undefined> {
  // Where there is no way out, a resolver may say of any name that there is no such thing: it has to know the top, too.
  const top = await servers(domain.slice(domain.lastIndexOf(".") + 1))
  return top?.length ? servers(domain) : undefined
}

async function servers(name: string): Promise<string[] | undefined> {
  try {
    return await new Resolver({ timeout: limit, tries: 1 }).resolveNs(name)
  } catch (error) {
    return ["ENOTFOUND", "ENODATA"].includes(String((error as { code?: unknown }).code)) ? [] : undefined
  }
}
