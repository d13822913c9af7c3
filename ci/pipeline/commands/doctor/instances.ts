// doctor: whether the zones of a cluster offer the instances of its nodes; newer types are not in every zone.
import { type Environment, stageIn } from "../../model/index.js"
import type { AwsPlace } from "../../tools/aws.js"
import { answerTo, form, reason } from "./ask.js"
import type { Finding } from "./finding.js"

/** A node group, as environment files have it. */
interface Group {
  instance_types: string[]
  /** The only zone of its nodes, by its place in the network's list. */
  zone_index?: number
}

/** Node groups by name, and the ids of the zones that the cluster is in; undefined where an environment has no cluster. */
interface Nodes {
  groups: Record<string, Group>
  zones: string[]
}

function nodesOf(environment: Environment): Nodes | undefined {
  const { eks, network } = stageIn(environment, "cluster")?.units ?? {}
  if (!eks || !network) return undefined
  const zones = network.availability_zone_ids as string[]
  return { groups: eks.node_groups as unknown as Record<string, Group>, zones }
}

/**
 * Whether each node group can have instances in each of its zones.
 *
 * Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstanceTypeOfferings.html
 *
 * @param place where to ask
 * @param environment an environment of the cluster
 */
export async function instances(place: AwsPlace, environment: Environment): Promise<Finding[]> {
  const nodes = nodesOf(environment)
  if (!nodes) return []
  const types = [...new Set(Object.values(nodes.groups).flatMap(({ instance_types }) => instance_types))]
  const values = Object.fromEntries(types.map((type, index) => [`Filter.1.Value.${index + 1}`, type]))
  const parameters = { LocationType: "availability-zone-id", "Filter.1.Name": "instance-type", ...values }
  const { status, text } = await answerTo(place, form("ec2", "2016-11-15", "DescribeInstanceTypeOfferings", parameters))
  return status === 200 ? offers(nodes, text) : [["instances of nodes", "unknown", reason(text)]]
}

/** What an answer says of each node group. */
export function offers({ groups, zones }: Nodes, answer: string): Finding[] {
  const offered = new Set(
    [...answer.matchAll(/<item>.*?<\/item>/gs)].map(([item]) =>
      ["instanceType", "location"].map((key) => new RegExp(`<${key}>([^<]*)`).exec(item)?.[1]).join(" "),
    ),
  )
  return Object.entries(groups).map(([name, { instance_types, zone_index }]): Finding => {
    const own = zone_index === undefined ? zones : zones.slice(zone_index, zone_index + 1)
    const without = own.filter((zone) => !instance_types.some((type) => offered.has(`${type} ${zone}`)))
    const what = `instances of ${name}`
    const types = instance_types.join(", ")
    if (without.length === 0) return [what, "ok", `${types} in ${own.join(", ")}`]
    return [what, "missing", `${without.join(", ")} has no ${types}: choose other instance_types or other zones`]
  })
}
