// doctor: the DNS zone, and whether the zone above leads to it.
import type { AwsPlace } from "../../tools/aws.js"
import { nameServersOf } from "../../tools/dns.js"
import { answerTo, reason, route53 } from "./ask.js"
import type { Finding } from "./finding.js"

/** What the account says of a domain's zone. */
interface Zone {
  finding: Finding
  /** Names of its servers; none where there is no zone, or it could not be asked. */
  servers: string[]
}

/**
 * Whether the account has the public zone of a domain, and whether public DNS leads there.
 *
 * @param place target, account, region
 * @param domain the domain, such as lw.iog.io
 */
export async function zone(place: AwsPlace, domain: string): Promise<Finding[]> {
  const { finding, servers } = await hosted(place, domain)
  if (servers.length === 0) return [finding]
  return [finding, delegation(domain, servers, await nameServersOf(domain))]
}

async function hosted(place: AwsPlace, domain: string): Promise<Zone> {
  const what = `DNS zone ${domain}`
  const listed = await answerTo(place, route53("hostedzonesbyname", { dnsname: domain }))
  if (listed.status !== 200) return { finding: [what, "unknown", reason(listed.text)], servers: [] }
  const [id, ...others] = publicZones(listed.text, domain)
  const make = `make a public hosted zone: \`aws route53 create-hosted-zone --name ${domain} --caller-reference $(date +%s)\``
  if (!id) return { finding: [what, "missing", make], servers: [] }
  if (others.length > 0)
    return {
      finding: [what, "missing", `there are ${others.length + 1} of that name: delete all but one`],
      servers: [],
    }
  const found = await answerTo(place, route53(`hostedzone/${id}`))
  if (found.status !== 200) return { finding: [what, "unknown", reason(found.text)], servers: [] }
  const servers = [...found.text.matchAll(/<NameServer>([^<]+)/g)].map(([, server]) => server)
  return { finding: [what, "ok", `${id} in this account`], servers }
}

/**
 * The ids of the public zones of a domain.
 *
 * @param answer what Route 53 says to ListHostedZonesByName, which goes on to other names
 */
export function publicZones(answer: string, domain: string): string[] {
  return [...answer.matchAll(/<HostedZone>(.*?)<\/HostedZone>/gs)]
    .map(([, text]) => text)
    .filter((text) => text.includes(`<Name>${domain}.</Name>`) && !text.includes("<PrivateZone>true"))
    .flatMap((text) => /<Id>\/hostedzone\/([^<]+)/.exec(text)?.[1] ?? [])
}

/**
 * Whether public DNS names the servers of a zone.
 *
 * @param servers those of the zone
 * @param answer those that public DNS names; undefined where it cannot be asked
 */
export function delegation(domain: string, servers: readonly string[], answer: readonly string[] | undefined): Finding {
  const what = `delegation of ${domain}`
  const enter = `NS records of ${domain} in the zone above: ${servers.join(", ")}`
  if (!answer) return [what, "unknown", `public DNS cannot be asked from here; it needs the ${enter}`]
  const [ours, theirs] = [servers, answer].map((names) => names.map(plain).sort().join(" "))
  if (ours === theirs) return [what, "ok", "public DNS leads to this zone"]
  const found = answer.length > 0 ? `public DNS names ${answer.join(", ")}` : "public DNS names no servers"
  return [what, "missing", `${found}; enter the ${enter}`]
}

/** A host's name, however it is written. */
const plain = (name: string) => name.toLowerCase().replace(/\.$/, "")
