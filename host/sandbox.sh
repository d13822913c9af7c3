# Keeps one sandbox for this checkout: a service that runs in the background and outlives the calls that use it.

# sandbox_paths: where what is known about it is written down, one directory for each checkout
sandbox_paths() {
  sandbox_dir=$cache/sandbox/$(printf %s "$checkout" | checksum - | cut -c 1-12)
  sandbox_log=$sandbox_dir/log
}

# sandbox_command start|stop|status|reset
sandbox_command() {
  sandbox_paths
  case "$*" in
  start) choose_engine; keep_sandbox; sandbox_status ;;
  stop) stop_sandbox ;;
  reset) choose_engine; stop_sandbox; keep_sandbox; sandbox_status ;;
  status) sandbox_status ;;
  *) die "usage: ./daggerw sandbox start|stop|status|reset" ;;
  esac
}

# keep_sandbox: starts it unless it runs; returns when it is ready, with its port in $sandbox_port
keep_sandbox() {
  sandbox_paths
  mkdir -p "$sandbox_dir"
  # Two calls at once start one sandbox: the second waits until the first has it ready.
  if command -v flock >/dev/null; then exec 8>"$sandbox_dir/lock"; flock 8; fi
  if ! sandbox_runs; then start_sandbox; fi
  wait_for_sandbox
  exec 8>&-
}

# sandbox_runs: is the process that we started still the one of that id? Also sets $sandbox_port.
sandbox_runs() {
  [ -e "$sandbox_dir/process" ] || return 1
  { read -r sandbox_pid; read -r sandbox_started; read -r sandbox_port; } <"$sandbox_dir/process"
  [ "$(started_at "$sandbox_pid")" = "$sandbox_started" ]
}

# started_at PID: when the process began, which tells it from a later one with the same id
started_at() { LC_ALL=C ps -o lstart= -p "$1" 2>/dev/null; }

start_sandbox() {
  local port=8443 call=(call) directory=${WALLET_WORLD_PROVIDER_MIRROR-/opt/tf-plugins}
  while (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  if [ -n "$directory" ] && [ -d "$directory" ]; then call+=("--provider-mirror=$directory"); fi
  say "starting the sandbox on port $port; its log is $sandbox_log"
  (
    cd "$checkout"
    export DAGGER_PROGRESS=plain
    exec $(command -v setsid) "$dagger" "${call[@]}" sandbox-service --port "$port" up --ports "$port:$port"
  ) </dev/null >"$sandbox_log" 2>&1 8>&- &
  sandbox_pid=$! sandbox_port=$port
  printf '%s\n' "$sandbox_pid" "$(started_at "$sandbox_pid")" "$port" >"$sandbox_dir/process"
}

# wait_for_sandbox: until it says that it is ready; not for ever, and not when it has ended
wait_for_sandbox() {
  local limit=${WALLET_WORLD_SANDBOX_TIMEOUT:-2400} began=$SECONDS shown=$SECONDS
  until curl --fail --silent --max-time 5 --output /dev/null "http://localhost:$sandbox_port/ready"; do
    sandbox_runs || sandbox_failed "the sandbox ended before it was ready"
    [ $((SECONDS - began)) -lt "$limit" ] || sandbox_failed "the sandbox was not ready after $limit seconds"
    if [ $((SECONDS - shown)) -ge 15 ]; then
      shown=$SECONDS
      say "waiting for the sandbox for $((SECONDS - began)) s (the first start builds its programs): $(tail -n 1 "$sandbox_log" | tr -d '\033' | cut -c 1-120)"
    fi
    sleep 0.5
  done
}

sandbox_failed() {
  tail -n 40 "$sandbox_log" >&2
  stop_sandbox
  die "$1; the lines above end its log, $sandbox_log"
}

# stop_sandbox: ends it and with it its state
stop_sandbox() {
  local waited=0
  if sandbox_runs; then
    kill -TERM "$sandbox_pid" 2>/dev/null || :
    while sandbox_runs && [ $waited -lt 60 ]; do sleep 0.5; waited=$((waited + 1)); done
    ! sandbox_runs || kill -KILL "$sandbox_pid" 2>/dev/null || :
    say "the sandbox is stopped; what was in it is gone"
  else
    say "the sandbox does not run"
  fi
  rm -f "$sandbox_dir/process"
}

sandbox_status() {
  if ! sandbox_runs; then echo "the sandbox does not run"; return 3; fi
  echo "address  http://localhost:$sandbox_port"
  echo "since    $sandbox_started"
  echo "log      $sandbox_log"
  echo "parts    $(curl --silent --max-time 10 "http://localhost:$sandbox_port/ready" || echo "do not answer")"
}
