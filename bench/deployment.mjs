// Splits the time of a deployment into waits that the provider's polling makes, waits for pods, and what is our own.

const escapes = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g")
const created = /(aws_[a-z0-9_]+)\.\S+: Creation complete after (?:(\d+)m)?(\d+)s/g
const tableRow = /^\s*((?:infra|image|chart|release):\S+) +(\w+) .*?(\d+\.\d)\s*$/gm

/** Seconds from which on creating a resource counts as waiting: the provider asks again and again until it is there. */
const polling = 5

/**
 * Splits one deployment.
 *
 * @param deployment its seconds, what it returned, and its progress in plain text
 * @returns `provider`: one wait for each kind of slow resource, the longest of its kind, because kinds wait for each other
 *   and resources of one kind do not; `pods`: the slowest release; `own`: all the rest
 */
export function splitDeployment({ seconds, stdout, stderr }) {
  const longest = new Map()
  for (const [, kind, minutes = 0, rest] of stderr.replace(escapes, "").matchAll(created)) {
    const took = Number(minutes) * 60 + Number(rest)
    if (took >= polling) longest.set(kind, Math.max(took, longest.get(kind) ?? 0))
  }
  const provider = [...longest.values()].reduce((sum, took) => sum + took, 0)
  const releases = [...stdout.matchAll(tableRow)].filter(([, step]) => step.startsWith("release:"))
  const pods = Math.max(0, ...releases.map(([, , , took]) => Number(took)))
  return { provider, pods, own: Math.max(0, seconds - provider - pods) }
}
