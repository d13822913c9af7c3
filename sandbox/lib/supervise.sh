# Starting parts, waiting for them with a deadline, and ending everything when one of them dies. Sourced.

declare -A pids=() # part -> process id

say() { printf 'sandbox: %s\n' "$*" >&2; }

# fail TEXT [PART]: ends the sandbox; with a part, shows the end of its log
fail() {
  say "$1"
  if [ -n "${2:-}" ] && [ -s "$logs/$2.log" ]; then
    say "the last lines of $logs/$2.log:"
    tail -n 50 "$logs/$2.log" >&2
  fi
  stop_all
  exit 1
}

# start PART COMMAND…: runs it in the background, its output in the part's log
start() {
  local part=$1
  shift
  "$@" </dev/null >>"$logs/$part.log" 2>&1 &
  pids[$part]=$!
}

# await PART SECONDS COMMAND…: tries until the command succeeds, then the part counts as ready. Between two tries it looks
# whether all parts still live, so a command must not wait for long itself. Each try is a background process that is
# waited for, because only then a signal ends the sandbox at once.
await() {
  local part=$1 deadline=$((SECONDS + $2)) try=$logs/last-try
  shift 2
  until "$@" >"$try" 2>&1 & wait $!; do
    assert_alive
    ((SECONDS < deadline)) || fail "$part is not ready in time; \`$*\` says: $(tail -n 3 "$try")" "$part"
    sleep 0.1
  done
  : >"$SANDBOX_RUN/ready/$part"
}

assert_alive() {
  local part
  for part in "${!pids[@]}"; do
    kill -0 "${pids[$part]}" 2>/dev/null || died "$part"
  done
}

died() {
  local status=0
  wait "${pids[$1]}" || status=$?
  unset "pids[$1]"
  fail "$1 has ended with status $status" "$1"
}

# supervise: returns never; the first part that ends, ends the sandbox
supervise() {
  local pid part
  wait -n -p pid "${pids[@]}" || :
  for part in "${!pids[@]}"; do
    [ "${pids[$part]}" != "$pid" ] || died "$part"
  done
}

# stop_all: asks every part to end and gives them a second; the container's end takes what is left
stop_all() {
  trap '' TERM INT
  kill -TERM "${pids[@]}" 2>/dev/null || :
  local part step
  for step in {1..10}; do
    for part in "${!pids[@]}"; do kill -0 "${pids[$part]}" 2>/dev/null || unset "pids[$part]"; done
    [ ${#pids[@]} -gt 0 ] || return 0
    sleep 0.1
  done
  kill -KILL "${pids[@]}" 2>/dev/null || :
}

# http_ok URL [CURL-OPTION…]: whether it answers with success
http_ok() { curl --silent --show-error --fail --max-time 5 --output /dev/null "$@"; }
