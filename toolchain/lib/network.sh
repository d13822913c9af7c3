# The engine's own network namespace: one veth pair to the host, masqueraded; no port of the host is taken.
namespace=wallet-world-$id
link=ww$id # names of network devices have at most 15 characters
rule_comment=wallet-world-$id

# uplink_mtu: what the host's way out can carry (1500 if there is none)
uplink_mtu() {
  local device
  device=$(ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -n 1)
  cat "/sys/class/net/${device:-none}/mtu" 2>/dev/null || echo 1500
}

# is_free CIDR: no route of the host, but for the default one, and no name server lies in it
is_free() {
  local prefix=${1%.*.*}
  [ -z "$(ip -4 route show root "$1"; ip -4 route show match "$1" | grep -v '^default')" ] &&
    ! grep -qE "^nameserver +${prefix//./\\.}\." "$(resolver_file)"
}

# first_free CIDR...: the first of them that the host does not use
first_free() {
  local range
  for range; do ! is_free "$range" || { echo "$range"; return; }; done
  die "none of the address ranges $* is free on this host: see 'ip route'"
}

# resolver_file: the host's resolver settings; behind systemd-resolved, the file with the servers that it asks itself
resolver_file() {
  local file
  file=$(readlink -f /etc/resolv.conf)
  if grep -q '^nameserver 127\.0\.0\.53' "$file" && [ -e /run/systemd/resolve/resolv.conf ]; then file=/run/systemd/resolve/resolv.conf; fi
  echo "$file"
}

# network_up: makes the namespace and its way out, whatever of it is there already; sets host_address and engine_range
network_up() {
  local n mtu
  network_down
  for n in $(seq 0 4 252); do
    host_address=198.18.$((16#${id:0:2})).$((n + 1)) peer_address=198.18.$((16#${id:0:2})).$((n + 2))
    ! is_free "${host_address%.*}.$n/30" || break
  done
  engine_range=$(first_free 10.87.0.0/16 10.187.0.0/16 172.29.0.0/16 192.168.192.0/18 198.19.0.0/16)
  mtu=$(uplink_mtu)
  ip netns add "$namespace"
  ip link add "$link" mtu "$mtu" type veth peer name uplink mtu "$mtu" netns "$namespace"
  ip address add "$host_address/30" dev "$link"
  ip link set "$link" up
  ip -n "$namespace" address add "$peer_address/30" dev uplink
  ip -n "$namespace" link set lo up
  ip -n "$namespace" link set uplink up
  ip -n "$namespace" route add default via "$host_address"
  # The host reaches the engine's services by their addresses, without a tunnel.
  ip route add "$engine_range" via "$peer_address" dev "$link"
  sysctl -q -w net.ipv4.ip_forward=1
  rules | while read -r rule; do eval "iptables -w $rule"; done
  forward_loopback_resolver
}

# rules: the host's firewall rules, as arguments of iptables
rules() {
  local comment="-m comment --comment $rule_comment"
  echo "-t nat -A POSTROUTING -s $peer_address/32 ! -o $link $comment -j MASQUERADE"
  echo "-I FORWARD -i $link $comment -j ACCEPT"
  echo "-I FORWARD -o $link -m conntrack --ctstate RELATED,ESTABLISHED $comment -j ACCEPT"
}

# forward_loopback_resolver: a resolver that listens on the host's loopback only is reached through the host's end of the link
forward_loopback_resolver() {
  local server protocol
  server=$(sed -n 's/^nameserver \(127\.[0-9.]*\).*/\1/p' "$(resolver_file)" | head -n 1)
  [ -n "$server" ] || return 0
  sysctl -q -w "net.ipv4.conf.$link.route_localnet=1"
  for protocol in udp tcp; do
    iptables -w -t nat -A PREROUTING -i "$link" -d "$host_address" -p $protocol --dport 53 \
      -m comment --comment "$rule_comment" -j DNAT --to-destination "$server:53"
  done
}

# engine_resolver: the resolver settings for the engine's root, which has no IPv6
engine_resolver() {
  sed "s/^nameserver 127\..*/nameserver $host_address/; /^nameserver .*:/d" "$(resolver_file)" | awk '!seen[$0]++'
}

# network_down: removes all of it
network_down() {
  local table rule
  for table in nat filter; do
    iptables -w -t $table -S 2>/dev/null | grep -F -- "--comment $rule_comment " | sed 's/^-A/-D/' |
      while read -r rule; do eval "iptables -w -t $table $rule"; done || :
  done
  ip link delete "$link" 2>/dev/null || :
  ip netns delete "$namespace" 2>/dev/null || :
}

# namespace_pids: the processes that run in the namespace: what is ours needs no file with a process id
namespace_pids() { ip netns pids "$namespace" 2>/dev/null || :; }
