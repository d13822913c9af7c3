# The provisioner of host-path volumes. Sourced.

start_volumes() {
  kubeconfig volumes /CN=sandbox-volumes
  mkdir -p /data/volumes
  start volumes env KUBECONFIG="$pki/volumes.kubeconfig" "$here/cluster/volumes"
  await volumes 5 true
}
