# Nodes whose pods are reported as running but run nothing. Sourced.

start_simulated() {
  kubeconfig simulated /O=system:masters/CN=sandbox-simulated
  start simulated kwok --kubeconfig="$pki/simulated.kubeconfig" --manage-all-nodes=false \
    --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=simulated --server-address=127.0.0.1:10247
  await simulated 30 apply simulated-nodes
  await simulated 30 http_ok http://127.0.0.1:10247/healthz
}
