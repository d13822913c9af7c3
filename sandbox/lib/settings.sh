# Settings and addresses that the parts of the sandbox share. Sourced.

export SANDBOX_PORT=${SANDBOX_PORT:-8443}
export SANDBOX_REGION=${SANDBOX_REGION:-us-east-1}

export SANDBOX_RUN=/run/sandbox
export SANDBOX_CLOUD=127.0.0.1:5001
export SANDBOX_REGISTRY=127.0.0.1:5000
export SANDBOX_API_SERVER=127.0.0.1:6443
export SANDBOX_ADMISSION=127.0.0.1:5443
# What the sandbox has of the internet: one host name that nobody else can have (RFC 2606), at the address that example.com
# once had. Pods are told to download from public addresses only, and this is one.
outside_address=192.0.43.10
outside_host=made-up.example
export SANDBOX_OUTSIDE=$outside_address:443
export SANDBOX_INTERNET=$here/outside
export KUBECONFIG=$SANDBOX_RUN/kubeconfig

logs=/data/log
node_address=10.99.0.1
instance_network=10.99.0.0/24 # the node, databases, brokers
service_network=10.96.0.0/16
service_dns=10.96.0.10
pod_network=10.244.0.0/24
pause_image=registry.k8s.io/pause:3.10 # any name will do: it is imported, never pulled

# The engine sets these for its own traces; registry and containerd would take them as orders to send some.
unset "${!OTEL_@}"

# Names that must be ready before the public port opens; `await` ticks them off. The gateway shows them at /ready.
expected=(registry cloud apiserver controllers scheduler containerd dns simulated volumes node admission)

# prepare: an empty place for state, logs and run-time files
prepare() {
  [ "$(id -u)" = 0 ] || fail "the sandbox must run as root in a privileged container"
  mkdir -p /data
  [ -z "$(ls -A /data)" ] || fail "/data is not empty: the sandbox needs a place of its own (a temporary mount on /data)"
  [ "$(stat -f -c %T /data)" != overlayfs ] || fail "/data is an overlay, on which containers cannot be unpacked: mount something there"
  rm -rf "$SANDBOX_RUN"
  mkdir -p "$logs" "$SANDBOX_RUN"/{ready,pki}
  chmod 711 "$SANDBOX_RUN"; chmod 700 "$SANDBOX_RUN/pki"
  : >"$SANDBOX_RUN/hosts"
  printf '%s\n' "${expected[@]}" >"$SANDBOX_RUN/parts"
}
