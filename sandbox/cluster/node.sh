# One real node: containerd, kubelet, kube-proxy. Every image comes from the sandbox's registry. Sourced.

node_name=node-0

# pods_network: the network plugin's configuration. Each pod has a link of its own to the node ("ptp"), so that all its
# traffic passes the node's address translation; between pods on one bridge, Services would not work everywhere.
pods_network() {
  local mtu
  mtu=$(sort -n /sys/class/net/e*/mtu 2>/dev/null | head -n 1)
  mkdir -p /etc/cni/net.d
  cat >/etc/cni/net.d/10-pods.conflist <<JSON
{"cniVersion": "1.0.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipMasq": true, "mtu": ${mtu:-1400}, "ipam": {"type": "host-local",
    "ranges": [[{"subnet": "$pod_network"}]], "routes": [{"dst": "0.0.0.0/0"}]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
}

containerd_config() {
  mkdir -p /etc/containerd/certs.d/_default
  # `_default` stands for every registry: nothing is ever pulled from outside, under whatever name.
  cat >/etc/containerd/certs.d/_default/hosts.toml <<TOML
server = "http://$SANDBOX_REGISTRY"
[host."http://$SANDBOX_REGISTRY"]
  capabilities = ["pull", "resolve"]
TOML
  cat >/etc/containerd/config.toml <<TOML
version = 3
root = "/data/containerd"
[plugins."io.containerd.cri.v1.images".pinned_images]
  sandbox = "$pause_image"
[plugins."io.containerd.cri.v1.images".registry]
  config_path = "/etc/containerd/certs.d"
[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = true # lowering it takes a capability that not every engine has
[plugins."io.containerd.cri.v1.runtime".cni]
  bin_dirs = ["/usr/lib/cni"]
[plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
  base_runtime_spec = "/etc/containerd/container.json"
TOML
}

# containers_trust: what every container starts with: in place of the usual bundle of authorities, this machine's with the
# sandbox's own, which signs what stands for hosts of the internet and AWS. Node.js reads it only when told to.
containers_trust() {
  local bundle=/etc/ssl/certs/ca-certificates.crt
  cat "$bundle" "$SANDBOX_RUN/ca.crt" >"$SANDBOX_RUN/authorities.crt"
  ctr oci spec | jq --arg bundle "$bundle" --arg from "$SANDBOX_RUN/authorities.crt" '.process.env += ["NODE_EXTRA_CA_CERTS=" + $bundle]
    | .mounts += [{destination: $bundle, type: "bind", source: $from, options: ["bind", "ro"]}]' >/etc/containerd/container.json
}

kubelet_config() {
  cat >/data/kubelet.yaml <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $SANDBOX_RUN/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
address: $node_address
clusterDNS: [$service_dns]
clusterDomain: cluster.local
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
serializeImagePulls: false
maxPods: 250 # all addresses of the pods' network
# What a nested node cannot or need not do: cgroups of its own making, kernel settings, tidying up for space.
cgroupDriver: cgroupfs
cgroupsPerQOS: false
enforceNodeAllocatable: []
failCgroupV1: false
failSwapOn: false
oomScoreAdj: 0
localStorageCapacityIsolation: false
evictionHard: {memory.available: 0%, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
imageGCHighThresholdPercent: 100
featureGates: {KubeletInUserNamespace: true}
YAML
}

# With cgroup v2, a group that delegates must hold no processes: they move into one below it.
cgroups() {
  [ -e /sys/fs/cgroup/cgroup.controllers ] || return 0
  mkdir -p /sys/fs/cgroup/sandbox
  local process
  while read -r process; do echo "$process" >/sys/fs/cgroup/sandbox/cgroup.procs || :; done </sys/fs/cgroup/cgroup.procs
  sed -e 's/ / +/g' -e 's/^/+/' /sys/fs/cgroup/cgroup.controllers >/sys/fs/cgroup/cgroup.subtree_control
}

import_pause() { "$here/cluster/pause-image" "$pause_image" | timeout 10 ctr -n k8s.io images import -; }

start_node() {
  cgroups
  pods_network
  containerd_config
  containers_trust
  kubelet_config
  start containerd containerd
  await containerd 30 timeout 5 ctr version
  await containerd 30 import_pause
  kubeconfig kubelet "/O=system:nodes/CN=system:node:$node_name"
  certificate kubelet "/O=system:nodes/CN=system:node:$node_name" "DNS:$node_name,IP:$node_address"
  kubeconfig proxy /CN=system:kube-proxy
  local zone=topology.kubernetes.io
  start kubelet kubelet --kubeconfig="$pki/kubelet.kubeconfig" --config=/data/kubelet.yaml --root-dir=/data/kubelet \
    --hostname-override="$node_name" --node-ip="$node_address" \
    --node-labels="eks.amazonaws.com/nodegroup=general,$zone/region=$SANDBOX_REGION,$zone/zone=${SANDBOX_REGION}a,node.kubernetes.io/instance-type=sandbox"
  start proxy kube-proxy --kubeconfig="$pki/proxy.kubeconfig" --hostname-override="$node_name" --proxy-mode=iptables \
    --conntrack-max-per-core=0 --conntrack-tcp-timeout-established=0 --conntrack-tcp-timeout-close-wait=0
}

nodes_ready() { kubectl wait --for=condition=Ready nodes --all --timeout=1s --request-timeout=5s; }
