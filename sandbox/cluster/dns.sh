# Cluster DNS: Services, then names of databases and brokers (/run/sandbox/hosts), then the world. Sourced.

start_dns() {
  kubeconfig dns /CN=sandbox-dns
  # Names that lead to the gateway are answered by pattern; sandbox.test has no IPv6 addresses, and to say so matters:
  # some resolvers take "no such name" for one family as an answer for both.
  cat >/data/Corefile <<CORE
.:53 {
  bind $node_address
  errors
  ready 127.0.0.1:8181
  template IN A sandbox.test {
    match "(^|\.)aws\.sandbox\.test\.$"
    match "^[^.]+\.dkr\.ecr\.[^.]+\.sandbox\.test\.$"
    match "^[^.]+\.eks\.[^.]+\.sandbox\.test\.$"
    answer "{{ .Name }} 60 IN A $node_address"
    fallthrough
  }
  template IN AAAA sandbox.test {
    rcode NOERROR
  }
  template IN A $outside_host {
    answer "{{ .Name }} 60 IN A $outside_address"
  }
  template IN AAAA $outside_host {
    rcode NOERROR
  }
  hosts $SANDBOX_RUN/hosts {
    ttl 5
    reload 1s
    fallthrough
  }
  kubernetes cluster.local in-addr.arpa {
    kubeconfig $pki/dns.kubeconfig
  }
  forward . /etc/resolv.conf
  cache 5 {
    denial 9984 1 0
  }
}
CORE
  start dns coredns -conf /data/Corefile
  await dns 30 http_ok http://127.0.0.1:8181/ready
}
