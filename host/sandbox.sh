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

# keep_sandbox: starts it unless it runs; returns when it is ready, with its port in $sandbox_port and its $sandbox_address
keep_sandbox() {
  sandbox_paths
  mkdir -p "$sandbox_dir"
  # Two calls at once start one sandbox: the second waits until the first has it ready.
  if command -v flock >/dev/null; then
    exec 8>"$sandbox_dir/lock"
    flock --nonblock 8 || { say "another call is starting the sandbox; waiting for it"; flock 8; }
  fi
  sandbox_runs || start_sandbox
  wait_for_sandbox
  exec 8>&-
  keep_programs
}

# meet_sandbox PORT: the one that another checkout keeps
meet_sandbox() {
  sandbox_port=$1
  sandbox_answers || use_known_address || die "no sandbox answers at port $1, which WALLET_WORLD_SANDBOX names: run \`./daggerw sandbox status\` in the checkout that started it"
}

# sandbox_runs: is the process that we started still the one of that id? Also sets $sandbox_pid, $sandbox_since, $sandbox_port.
sandbox_runs() {
  local mark
  [ -e "$sandbox_dir/process" ] || return 1
  { read -r sandbox_pid; read -r mark; read -r sandbox_port; read -r sandbox_since; } <"$sandbox_dir/process"
  [ -n "$mark" ] && [ "$(birth_mark "$sandbox_pid")" = "$mark" ]
}

# birth_mark PID: when the process began, which tells it from a later one with the same id; nothing when it has ended
birth_mark() {
  if [ -e /proc/self/stat ]; then sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" { print $20 }'
  else LC_ALL=C ps -o lstart= -p "$1"; fi
}

start_sandbox() {
  local port mirror kept command=("$dagger" call)
  # Until the port is written down: two checkouts that start at once must not choose the same one.
  if command -v flock >/dev/null; then exec 7>"$cache/sandbox/lock"; flock 7; fi
  port=$(free_port)
  mirror=$(provider_mirror)
  [ -z "$mirror" ] || command+=("--provider-mirror=$mirror")
  kept=$(kept_programs)
  [ -z "$kept" ] || command+=("--kept-programs=$kept")
  command+=(sandbox-service --port "$port")
  [ -z "${WALLET_WORLD_SANDBOX_TOKEN_SECONDS:-}" ] || command+=(--token-seconds "$WALLET_WORLD_SANDBOX_TOKEN_SECONDS")
  # What arrives at the second port comes through the tunnel, whose connections must not be closed (sandbox/gateway/tunnel.go).
  command+=(up --ports "$port:8442")
  say "starting the sandbox on port $port; its log is $sandbox_log"
  # In a session of its own, so that the end of this terminal, or Ctrl-C in it, is not its end.
  if command -v setsid >/dev/null; then command=(setsid "${command[@]}"); fi
  (cd "$checkout" && NO_COLOR=1 DAGGER_PROGRESS=plain exec nohup "${command[@]}") </dev/null >"$sandbox_log" 2>&1 7>&- 8>&- &
  sandbox_pid=$!
  sandbox_port=$port
  rm -f "$(address_file)"
  printf '%s\n' "$sandbox_pid" "$(birth_mark "$sandbox_pid")" "$port" "$(date)" >"$sandbox_dir/process"
  exec 7>&-
}

# free_port: the first one from 8443 on where nobody listens, and which no other checkout's sandbox is about to take
free_port() {
  local port=8443
  while is_kept "$port" || (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
  echo "$port"
}

# is_kept PORT: does a checkout's sandbox run there, whether it answers or not?
is_kept() {
  local file
  for file in "$cache"/sandbox/*/process; do
    if [ -e "$file" ] && [ "$(running_at "$file")" = "$1" ]; then return 0; fi
  done
  return 1
}

# running_at FILE: the port of the sandbox that FILE describes, if its process is still there
running_at() {
  local pid mark port
  { read -r pid; read -r mark; read -r port; } <"$1"
  if [ -n "$mark" ] && [ "$(birth_mark "$pid")" = "$mark" ]; then echo "$port"; fi
}

# wait_for_sandbox: until it says that it is ready; not for ever, and not when it has ended
wait_for_sandbox() {
  local limit=${WALLET_WORLD_SANDBOX_TIMEOUT:-5400} began=$SECONDS
  if sandbox_answers || use_known_address; then return; fi
  until sandbox_answers; do
    sandbox_runs || sandbox_failed "the sandbox exited before it was ready"
    [ $((SECONDS - began)) -lt "$limit" ] || sandbox_failed "the sandbox was not ready after $limit seconds"
    show_waiting $((SECONDS - began)) "waiting for the sandbox for $((SECONDS - began)) s$(sandbox_progress)"
    sleep 0.5
  done
  end_waiting
  say "the sandbox is ready after $((SECONDS - began)) s"
}

# sandbox_progress: what is made for it, in its own words
sandbox_progress() {
  local said
  said=$(last_said "$sandbox_log")
  if [ -n "$said" ]; then echo ": ${said#the sandbox: }"; else echo " (where its programs were not kept, they are compiled first, which takes minutes)"; fi
}

# sandbox_answers: whether a sandbox, not just anybody, says at that port that all of its parts are ready. Sets
# $sandbox_address: where it is in the engine's network. Only people and this question go through the engine's tunnel to
# localhost: it carries all connections in one stream, and stalls under those of a deployment.
sandbox_answers() {
  local ready
  ready=$(sandbox_ready)
  [[ $ready = *'"ready":true'* ]] || return 1
  sandbox_address=$(sed -n 's/.*"address":"\([0-9.]*\)".*/\1/p' <<<"$ready"):$sandbox_port
  [[ $sandbox_address = [0-9]* ]] || return 1
  mkdir -p "$cache/sandbox" && echo "$sandbox_address" >"$(address_file)"
}

# use_known_address: the address that it said before, where the engine's tunnel no longer answers
use_known_address() {
  is_kept "$sandbox_port" && sandbox_address=$(cat "$(address_file)" 2>/dev/null) || return 1
  say "http://localhost:$sandbox_port does not answer, so the engine's tunnel is stuck; this call goes to the sandbox's own address in the engine. \`./daggerw sandbox reset\` starts a new one, without what is in this one"
}

# address_file: where the address of the sandbox of a port is written down while it runs
address_file() { echo "$cache/sandbox/$sandbox_port.address"; }

# sandbox_ready: what it says about its parts
sandbox_ready() { curl --fail --silent --noproxy '*' --max-time 5 "http://localhost:$sandbox_port/ready"; }

sandbox_failed() {
  end_waiting
  tail -n 40 "$sandbox_log" | without_escapes >&2
  end_sandbox
  die "$1; the lines above are the end of its log, $sandbox_log"
}

# stop_sandbox: ends it and with it its state
stop_sandbox() {
  if ! sandbox_runs; then say "the sandbox is not running"; return; fi
  end_sandbox
  say "the sandbox is stopped; what was in it is gone"
}

end_sandbox() {
  local waited=0
  ! sandbox_runs || kill -TERM "$sandbox_pid" 2>/dev/null || :
  while sandbox_runs && [ $waited -lt 300 ]; do sleep 0.1; waited=$((waited + 1)); done
  ! sandbox_runs || kill -KILL "$sandbox_pid" 2>/dev/null || :
  rm -f "$sandbox_dir/process" "$(address_file)"
}

sandbox_status() {
  local programs
  if ! sandbox_runs; then echo "the sandbox is not running"; return 3; fi
  echo "address  http://localhost:$sandbox_port"
  echo "since    $sandbox_since"
  echo "log      $sandbox_log"
  programs=$(kept_programs)
  [ -z "$programs" ] || echo "programs $programs"
  if sandbox_answers; then
    echo "inside   $sandbox_address"
    echo "parts    $(sandbox_ready)"
  else
    echo "parts    do not answer"
  fi
}
