# The sandbox's certificate authority and what it signs. Sourced.

pki=$SANDBOX_RUN/pki

# An own, empty configuration: the distribution's default would make every certificate an authority.
sign() { openssl req -config <(printf '[req]\ndistinguished_name=dn\n[dn]\n') -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@" 2>/dev/null; }

# authority: makes /run/sandbox/ca.crt and ca.key
authority() {
  sign -keyout "$SANDBOX_RUN/ca.key" -out "$SANDBOX_RUN/ca.crt" -days 3650 -subj "/CN=wallet-world sandbox" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign,digitalSignature
  chmod 600 "$SANDBOX_RUN/ca.key"
}

# certificate NAME SUBJECT [ALTERNATIVE-NAMES]: makes pki/NAME.crt and NAME.key, for servers and clients
certificate() {
  sign -CA "$SANDBOX_RUN/ca.crt" -CAkey "$SANDBOX_RUN/ca.key" -days 365 \
    -keyout "$pki/$1.key" -out "$pki/$1.crt" -subj "$2" ${3:+-addext "subjectAltName=$3"} \
    -addext basicConstraints=critical,CA:FALSE -addext keyUsage=critical,digitalSignature \
    -addext extendedKeyUsage=serverAuth,clientAuth
}

# kubeconfig NAME SUBJECT [FILE]: a kubeconfig whose user is the certificate's subject; default pki/NAME.kubeconfig
kubeconfig() {
  certificate "$1" "$2"
  (
    umask 077
    cat >"${3:-$pki/$1.kubeconfig}" <<YAML
apiVersion: v1
kind: Config
clusters:
- {name: sandbox, cluster: {server: "https://$SANDBOX_API_SERVER", certificate-authority-data: $(base64 -w0 "$SANDBOX_RUN/ca.crt")}}
users:
- {name: $1, user: {client-certificate-data: $(base64 -w0 "$pki/$1.crt"), client-key-data: $(base64 -w0 "$pki/$1.key")}}
contexts:
- {name: sandbox, context: {cluster: sandbox, user: $1}}
current-context: sandbox
YAML
  )
}
