// Settings from the environment: the port, and where the other services are.
export type Config = { port: number; apiUrl: string; validationUrl?: string }

type Env = Record<string, string | undefined>

/** Reads all settings; every problem is named in one error. */
export function readConfig(env: Env): Config {
  const problems: string[] = []
  const port = Number(env.PORT ?? 8080)
  if (!Number.isInteger(port) || port < 0 || port > 65535) problems.push(`PORT is not a port: ${env.PORT}`)
  if (!env.API_URL) problems.push("API_URL is not set: the address of the dApp store's API, such as http://api")
  const config: Config = {
    port,
    apiUrl: base("API_URL", env, problems) ?? "",
    validationUrl: base("VALIDATION_URL", env, problems),
  }
  if (problems.length > 0) throw new Error(`bad settings in the environment:\n  ${problems.join("\n  ")}`)
  return config
}

/** An address that paths are appended to. It is not repeated in the problem: it might hold a password. */
function base(name: string, env: Env, problems: string[]): string | undefined {
  const value = env[name]
  if (!value) return undefined
  const url = URL.canParse(value) ? new URL(value) : undefined
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash)
    return url.href.replace(/\/+$/, "")
  problems.push(`${name} must be an http or https address without user, query and fragment, such as http://name`)
  return undefined
}
