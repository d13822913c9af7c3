// A credential plugin of Kubernetes, as a script for `sh -c`: it prints the token of this time out of a list.

/**
 * The script. EKS takes a token for 15 minutes from the time that it is signed for, and a command can run for longer: so there
 * is one for each part of that time, and Helm asks for the next when it begins.
 *
 * @param path a file with a line for each token: the time from which on it is to be used, in seconds since 1970, and the token
 * @param interval seconds for which each is to be used
 */
export const credentialPlugin = (path: string, interval: number) => `
now=$(date +%s)
until=$now
while read -r from next; do
  [ "$from" -le "$now" ] || break
  token=$next until=$((from + ${interval}))
done <${path}
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"%s","expirationTimestamp":"%s"}}' \\
  "$token" "$(date -u -d "@$until" +%Y-%m-%dT%H:%M:%SZ)"
`
