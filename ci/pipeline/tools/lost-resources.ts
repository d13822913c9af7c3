// Resources that AWS has and a state has not: a run that was killed had made them, or was making them. OpenTofu writes its
// state at most every 20 seconds, and not while a resource is being made, which takes a database minutes.

/** A resource that could not be created because there is one already. */
export interface Lost {
  unit: string
  /** Its address in the unit, such as aws_security_group.this. */
  address: string
  /** What the error calls it: name or identifier, or the names of cluster and part, with a colon. */
  name: string
}

/** Configurations that import lost resources, in JSON syntax, by unit. */
export type Imports = Record<
  string,
  { data: Record<string, Record<string, unknown>>; import: { to: string; id: string }[] }
>

/** Where a resource's import id is found. Without `data`, it is the name. */
interface Lookup {
  /** Arguments of the data source of the same name. */
  data?: (name: string) => Record<string, string>
  /** The attribute that is the id; default: the name. */
  id?: string
  /** The data source has no tags to tell whose it is. */
  untagged?: true
}

const parts = (first: string, second: string) => (name: string) => {
  const colon = name.indexOf(":")
  return { [first]: name.slice(0, colon), [second]: name.slice(colon + 1) }
}
const byName = (name: string) => ({ name })

// Import ids and data sources: https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
const lookups: Record<string, Lookup> = {
  aws_cloudwatch_log_group: { data: byName },
  aws_db_instance: { data: (name) => ({ db_instance_identifier: name }) },
  aws_db_parameter_group: {},
  aws_db_subnet_group: {},
  aws_ecr_repository: { data: byName },
  aws_eks_access_entry: { data: parts("cluster_name", "principal_arn") },
  aws_eks_addon: { data: parts("cluster_name", "addon_name") },
  aws_eks_cluster: { data: byName },
  aws_eks_node_group: { data: parts("cluster_name", "node_group_name") },
  aws_iam_role: { data: byName },
  aws_kms_alias: {},
  aws_launch_template: { data: byName, id: "id" },
  aws_msk_cluster: { data: (name) => ({ cluster_name: name }), id: "arn" },
  aws_msk_configuration: { data: byName, id: "arn", untagged: true },
  aws_secretsmanager_secret: { data: byName, id: "arn" },
  aws_security_group: { data: byName, id: "id" },
}

/**
 * Reads from the log of an apply what could not be created because it exists.
 *
 * @param log Terragrunt's log
 */
export function lostResources(log: string): Lost[] {
  const texts = new Map<string, string>()
  for (const [, unit, line] of log.matchAll(/STDERR \[\.terragrunt-stack\/([\w-]+)\] tofu: (.*)/g))
    texts.set(unit, `${texts.get(unit) ?? ""}${line}\n`)
  return [...texts].flatMap(([unit, text]) =>
    text.split(/^Error: /m).flatMap((error) => {
      const [, address] = /^ +with (.+),$/m.exec(error) ?? []
      const [, name = ""] = /^creating [^(\n]*\((\S+)\)/.exec(error) ?? []
      return address && error.startsWith("creating ") && isThere.test(error.replace(/\s+/g, " "))
        ? [{ unit, address, name }]
        : []
    }),
  )
}

/** How AWS's services say that there is one already. */
const isThere = /already ?exists?|Duplicate|ResourceExists|ResourceInUse|already in use|same name exists/i

/**
 * Adds imports of what was lost.
 *
 * @param imports what is imported already
 * @param lost what is lost
 * @param tags the tags that all resources of the stack have; those of a unit have `wallet-world/unit`, too
 * @returns the imports with the new ones; undefined where nothing is new, or nothing can be imported
 */
export function withImports(imports: Imports, lost: Lost[], tags: Record<string, string>): Imports | undefined {
  const more = structuredClone(imports)
  let added = 0
  for (const { unit, address, name } of lost) {
    const { data, import: known } = more[unit] ?? { data: {}, import: [] }
    if (known.some(({ to }) => to === address)) continue
    const key = `lost${known.length}`
    const own = { ...tags, "wallet-world/unit": unit }
    const type = address.split(".")[0]
    const lookup = lookups[type]
    if (type === "aws_vpc_security_group_ingress_rule") {
      // Its error has no name, and its id says nothing.
      const resource = address.slice(type.length + 1).replace(/\["?(.*?)"?\]$/, "-$1")
      set(data, "aws_vpc_security_group_rules", key, { tags: { ...own, "wallet-world/resource": resource } })
      known.push({ to: address, id: `\${one(data.aws_vpc_security_group_rules.${key}.ids)}` })
    } else if (lookup && name) {
      if (lookup.data) set(data, type, key, { ...lookup.data(name), ...(!lookup.untagged && ownedBy(own, name)) })
      known.push({ to: address, id: lookup.id ? `\${data.${type}.${key}.${lookup.id}}` : name })
    } else continue
    more[unit] = { data, import: known }
    added++
  }
  return added > 0 ? more : undefined
}

const set = (data: Imports[string]["data"], type: string, key: string, values: unknown) => {
  data[type] = { ...data[type], [key]: values }
}

/** Only what the same unit has made is taken over. */
function ownedBy(tags: Record<string, string>, name: string) {
  const same = Object.entries(tags).map(
    ([key, value]) => `lookup(self.tags, ${JSON.stringify(key)}, "") == ${JSON.stringify(value)}`,
  )
  return {
    lifecycle: { postcondition: { condition: `\${${same.join(" && ")}}`, error_message: `${name} ${foreign}` } },
  }
}

const foreign =
  "is there, and its tags do not say that this unit has made it. Delete it, or give what is to be made another name."

/**
 * What a plan with imports says about those that are somebody else's.
 *
 * @param log Terragrunt's log, in which OpenTofu has wrapped its lines
 * @returns undefined where it says nothing of that kind
 */
export function notOwned(log: string): string | undefined {
  const text = log.replaceAll(/\n[^\n]* tofu: /g, " ").replaceAll(/\s+/g, " ")
  const found = [...text.matchAll(new RegExp(`([\\w./:@!+-]+) ${foreign}`, "g"))].map(([all]) => all)
  return found.length > 0 ? [...new Set(found)].join("\n") : undefined
}
