// Which addresses are on the public internet.
import ipaddr from "ipaddr.js"

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR("2000::/3")

/** Not loopback, private, link-local (the cloud's metadata service), shared (CGNAT), multicast, reserved or a tunnel. */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false
  // A v4-mapped v6 address becomes what it stands for.
  const parsed = ipaddr.process(address)
  if (parsed.range() !== "unicast") return false
  return parsed.kind() === "ipv4" || (parsed as ipaddr.IPv6).match(GLOBAL_UNICAST)
}
