# Registers the cloud's say on new pods. The last thing before the node counts: a cloud that does not answer would
# refuse every pod. Sourced.

register_admission() {
  await admission 30 admission_ok
  await admission 30 apply admission
}

# The gateway answers on the address that the API server will call.
admission_ok() {
  [ "$(curl --silent --max-time 5 --cacert "$SANDBOX_RUN/ca.crt" -o /dev/null -w '%{http_code}' "https://$SANDBOX_ADMISSION/")" = 404 ]
}
