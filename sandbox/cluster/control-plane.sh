# etcd, API server, controllers, scheduler: Kubernetes on TLS with RBAC; the cloud checks tokens and access policies. Sourced.

# What API server, controllers and node know each other by.
control_plane_certificates() {
  local names="DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  names+=",DNS:*.eks.$SANDBOX_REGION.sandbox.test,IP:127.0.0.1,IP:$node_address,IP:${service_network%.*}.1"
  certificate apiserver /CN=kube-apiserver "$names"
  certificate apiserver-kubelet /O=system:masters/CN=kube-apiserver-kubelet-client
  kubeconfig admin /O=system:masters/CN=sandbox-admin "$KUBECONFIG"
  kubeconfig controllers /CN=system:kube-controller-manager
  kubeconfig scheduler /CN=system:kube-scheduler
  openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$pki/service-accounts.key"
  webhook token-review
  webhook access-review
}

# webhook NAME: how the API server reaches one of the cloud's answers
webhook() {
  cat >"$pki/$1.kubeconfig" <<YAML
apiVersion: v1
kind: Config
clusters: [{name: cloud, cluster: {server: "http://$SANDBOX_CLOUD/_sandbox/$1"}}]
users: [{name: apiserver, user: {}}]
contexts: [{name: cloud, context: {cluster: cloud, user: apiserver}}]
current-context: cloud
YAML
}

# Who may do what: what RBAC does not allow, an access policy of EKS may, for those who came with a token of EKS. When the
# cloud does not answer, it is not allowed.
authorization_config() {
  cat >"$pki/authorization.yaml" <<YAML
apiVersion: apiserver.config.k8s.io/v1
kind: AuthorizationConfiguration
authorizers:
- {type: Node, name: node}
- {type: RBAC, name: rbac}
- type: Webhook
  name: eks
  webhook:
    connectionInfo: {type: KubeConfigFile, kubeConfigFile: $pki/access-review.kubeconfig}
    subjectAccessReviewVersion: v1
    matchConditionSubjectAccessReviewVersion: v1
    matchConditions: [{expression: "has(request.extra) && 'sandbox.test/cluster' in request.extra"}]
    timeout: 10s
    failurePolicy: Deny
    authorizedTTL: 10s
    unauthorizedTTL: 1s
YAML
}

# kubernetes_ok PATH: whether the Kubernetes API answers there
kubernetes_ok() {
  http_ok "https://$SANDBOX_API_SERVER$1" --cacert "$SANDBOX_RUN/ca.crt" --cert "$pki/admin.crt" --key "$pki/admin.key"
}

# manifest NAME: a manifest with the sandbox's addresses filled in
manifest() {
  sed -e "s|NODE_ADDRESS|$node_address|; s|SERVICE_DNS|$service_dns|; s|REGION|$SANDBOX_REGION|" \
    -e "s|ADMISSION|$SANDBOX_ADMISSION|; s|CA_BUNDLE|$(base64 -w0 "$SANDBOX_RUN/ca.crt")|" "$here/cluster/manifests/$1.yaml"
}

# apply NAME: a manifest goes to the cluster
apply() { manifest "$1" | kubectl apply --request-timeout=5s --filename -; }

start_control_plane() {
  control_plane_certificates
  authorization_config
  start etcd etcd --data-dir /data/etcd --unsafe-no-fsync --log-level warn \
    --listen-client-urls http://127.0.0.1:2379 --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
  start apiserver kube-apiserver --secure-port=6443 --advertise-address="$node_address" \
    --etcd-servers=http://127.0.0.1:2379 --service-cluster-ip-range="$service_network" --allow-privileged=true \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$SANDBOX_RUN/ca.crt" \
    --authorization-config="$pki/authorization.yaml" --enable-admission-plugins=NodeRestriction \
    --authentication-token-webhook-config-file="$pki/token-review.kubeconfig" --authentication-token-webhook-version=v1 \
    --authentication-token-webhook-cache-ttl=10s \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$pki/service-accounts.key" \
    --service-account-signing-key-file="$pki/service-accounts.key" \
    --kubelet-certificate-authority="$SANDBOX_RUN/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" --kubelet-client-key="$pki/apiserver-kubelet.key"
  await apiserver 60 kubernetes_ok /readyz
  await apiserver 30 apply base
  # A busy machine delays the heartbeats of simulated nodes; nobody would make their pods ready again. A node that really
  # dies ends the sandbox.
  start controllers kube-controller-manager --kubeconfig="$pki/controllers.kubeconfig" --leader-elect=false \
    --use-service-account-credentials --service-account-private-key-file="$pki/service-accounts.key" \
    --root-ca-file="$SANDBOX_RUN/ca.crt" --cluster-signing-cert-file="$SANDBOX_RUN/ca.crt" \
    --cluster-signing-key-file="$SANDBOX_RUN/ca.key" --node-monitor-grace-period=24h --bind-address=127.0.0.1 --cert-dir=/data/controllers
  start scheduler kube-scheduler --kubeconfig="$pki/scheduler.kubeconfig" --leader-elect=false --bind-address=127.0.0.1 --cert-dir=/data/scheduler
  await controllers 30 http_ok https://127.0.0.1:10257/healthz --insecure
  await scheduler 30 http_ok https://127.0.0.1:10259/healthz --insecure
}
