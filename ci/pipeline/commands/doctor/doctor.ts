// doctor: what an environment still lacks before it can be deployed to AWS. It asks, and changes nothing.
import { formatTable } from "../../model/index.js"
import type { Session } from "../session.js"
import { oauthClient, reachOfServices, roles, sizeOfQuotas } from "./account.js"
import type { Finding } from "./finding.js"
import { instances } from "./instances.js"
import { settings, workflowVariables } from "./settings.js"
import { zone } from "./zone.js"

/** Minutes that credentials should be good for: a first deployment, whose longest step makes EKS and then MSK. */
const wanted = 120

/**
 * Checks everything that can be asked before a first deployment.
 *
 * @param session the call
 * @param name the environment's name
 * @returns a table: what, ok or unknown, and a note; below it the variables to set on GitHub
 * @throws with the same text, when something is missing
 */
export async function doctor(session: Session, name: string): Promise<string> {
  const environment = await session.environment(name)
  const { place, target, caller, sources, title } = await session.deployment(name)
  const { expiration } = await target.credentials(environment.account)
  const asked = await Promise.all([
    reachOfServices(place),
    roles(place, environment),
    zone(place, environment.domain),
    oauthClient(place).then((finding) => [finding]),
    sizeOfQuotas(place, environment),
    instances(place, environment),
  ])
  const findings: Finding[] = [
    ["credentials", "ok", caller],
    lifetime(expiration),
    ...settings(environment, sources.pins),
    ...asked.flat(),
  ]
  const missing = findings.filter(([, state]) => state === "missing").length
  const summary = missing > 0 ? `${missing} of ${findings.length} are missing` : "nothing is missing"
  const variables = formatTable(["variable", "value", "where"], workflowVariables(environment))
  const text = [
    title,
    formatTable(["what", "state", "note"], findings),
    // A tenant's own are what `tenant` prints.
    ...(environment.tenant ? [] : ["Variables to set on GitHub, which cannot be read from here:", variables]),
    `${summary}. Read access to a service does not prove that you may create everything in it; only a deployment does.`,
  ].join("\n\n")
  if (missing > 0) throw new Error(text)
  return text
}

function lifetime(expiration?: Date): Finding {
  const what = "lifetime of credentials"
  if (!expiration) return [what, "unknown", "they have no expiration time"]
  const minutes = Math.floor((expiration.getTime() - Date.now()) / 60_000)
  const note = `${minutes} min more`
  return minutes < wanted
    ? [
        what,
        "unknown",
        `${note}; a first deployment takes up to ${wanted}, and the step that makes a cluster can take more than 60`,
      ]
    : [what, "ok", note]
}
