# Starts and stops the mirror and the engine, and asks the engine whether it is there.
machine=$cache/engine
# shellcheck source=toolchain/lib/network.sh
. "$toolchain/lib/network.sh"

# composition: the parts, topmost first, whose layers make up the engine's root
composition() { for name in mirror registry sdk engine system base; do output $name; done; }

# answers: asks the engine itself (where nothing runs, the command line would try to connect for a long time)
answers() { ask_engine '{version}' | grep -q "\"$DAGGER_VERSION\""; }

# ask_engine QUERY: its answer, if it runs and gives one
ask_engine() {
  [ -n "$(namespace_pids)" ] && [ -S "$engine_socket" ] && [ -x "$cache/bin/dagger" ] &&
    timeout 20 env _EXPERIMENTAL_DAGGER_RUNNER_HOST="unix://$engine_socket" DAGGER_NO_NAG=1 DO_NOT_TRACK=1 \
      "$cache/bin/dagger" --no-mod --silent query <<<"$1" 2>/dev/null
}

# start_engine: leaves a running engine alone, unless it is made of outdated parts and nobody uses it
start_engine() {
  local wanted
  wanted=$(composition)
  if answers; then
    [ "$(cat "$machine/composition" 2>/dev/null)" != "$wanted" ] || return 0
    if [ -n "$(client_pids)" ]; then
      say "the engine runs with outdated parts; it is in use, so it stays. To replace it, run ./daggerw toolchain stop; the next call starts the new one"
      return 0
    fi
    say "the engine runs with outdated parts: restarting it"
  fi
  install_packages iproute2 iptables procps
  stop_engine
  network_up
  write_settings
  mkdir -p "$cache/bin" "$cache/log" "$socket_dir"
  ln -sfn "$(output engine)/root/usr/local/bin/dagger" "$cache/bin/dagger.new" && mv -T "$cache/bin/dagger.new" "$cache/bin/dagger"
  printf '%s\n' "$wanted" >"$machine/composition"
  # Why an engine ended, or lost its cache, stands in the log of the one before.
  [ ! -e "$cache/log/engine.log" ] || mv "$cache/log/engine.log" "$cache/log/engine.previous.log"
  # Not 'ip netns exec': it would mount another /sys, without the control groups that containers need.
  setsid nsenter --net="/run/netns/$namespace" unshare --mount --pid --fork --kill-child --propagation private \
    "$toolchain/lib/machine.sh" "$(composition | sed 's|$|/root|' | paste -s -d :)" "$machine" "$socket_dir" "$engine_range" \
    </dev/null >"$cache/log/engine.log" 2>&1 {lock_fd}>&- &
  disown
  wait_until_it_answers
}

# wait_until_it_answers: after a crash the engine first throws its cache away, which takes its time when that is large
wait_until_it_answers() {
  local began=$SECONDS shown=$SECONDS
  until answers; do
    if [ -z "$(namespace_pids)" ] && [ $((SECONDS - began)) -gt 2 ]; then engine_failed "the engine ended at once"; fi
    [ $((SECONDS - began)) -lt 600 ] || engine_failed "the engine did not answer within 10 minutes"
    if [ $((SECONDS - shown)) -ge 15 ]; then
      shown=$SECONDS
      say "waiting for the engine for $((SECONDS - began)) s: $(tail -n 1 "$cache/log/engine.log" | cut -c 1-160)"
    fi
    sleep 0.2
  done
  say "the engine $DAGGER_VERSION runs (unix://$engine_socket)"
}

engine_failed() {
  tail -n 30 "$cache/log/engine.log" >&2
  stop_engine
  die "$1; the lines above are the end of its log, $cache/log/engine.log"
}

# write_settings: which registries the mirror stands for, and how much disk the engine's cache may take
write_settings() {
  mkdir -p "$machine"
  cat >"$machine/engine.json" <<'J'
{
  "logLevel": "info",
  "registries": {
    "docker.io": { "mirrors": ["127.0.0.1:5000"] },
    "ghcr.io": { "mirrors": ["127.0.0.1:5000"] },
    "127.0.0.1:5000": { "http": true }
  },
  "gc": { "reservedSpace": "10GB", "maxUsedSpace": "40GB", "minFreeSpace": "12GB" }
}
J
  cat >"$machine/mirror.yml" <<'Y'
version: 0.1
log: { level: warn, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /srv/mirror }, maintenance: { readonly: { enabled: true } } }
http: { addr: 127.0.0.1:5000 }
Y
  engine_resolver >"$machine/resolv.conf"
}

# stop_engine: first its clients, then process 1 of the namespace are asked to end; after two minutes everything is made to.
# An engine that is not given the time to write down what it has cached starts from nothing the next time; one that was
# still ending a client's services did so once.
stop_engine() {
  local pid began=$SECONDS shown=$SECONDS
  for pid in $(client_pids); do
    say "ending $(ps -o args= -p "$pid" | cut -c 1-100), which uses the engine"
    kill -TERM "$pid" 2>/dev/null || :
  done
  while [ -n "$(client_pids)" ] && [ $((SECONDS - began)) -lt 30 ]; do sleep 0.2; done
  while has_sessions && [ $((SECONDS - began)) -lt 60 ]; do sleep 0.5; done
  if [ -n "$(namespace_pids)" ]; then
    while has_containers && [ $((SECONDS - began)) -lt 90 ]; do sleep 0.5; done
    # Between the end of its last container and the end of a session, there is nothing to be seen of it.
    sleep 3
  fi
  for pid in $(namespace_pids); do
    [[ $(sed -n 's/^NSpid://p' "/proc/$pid/status" 2>/dev/null) != *[!0-9]1 ]] || kill -TERM "$pid" 2>/dev/null || :
  done
  while [ -n "$(namespace_pids)" ] && [ $((SECONDS - began)) -lt 120 ]; do
    if [ $((SECONDS - shown)) -ge 15 ]; then shown=$SECONDS; say "waiting for the engine to end"; fi
    sleep 0.1
  done
  for pid in $(namespace_pids); do kill -KILL "$pid" 2>/dev/null || :; done
  while [ -n "$(namespace_pids)" ]; do sleep 0.1; done
  network_down
  rm -rf "$socket_dir"
}

# has_sessions: whether the engine still works for a client other than the one that asks
has_sessions() {
  local clients
  clients=$(ask_engine '{engine{clients}}') && [ "$(grep -c '^ *"[a-z0-9]*",\{0,1\}$' <<<"$clients")" -gt 1 ]
}

# has_containers: whether a container runs. A session whose services are ending is no longer listed, but it still holds results,
# and with some of them the engine (0.21.8) cannot write down what it has: "type CurrentModule does not implement persisted
# object encoding". Then it keeps nothing at all.
has_containers() { namespace_pids | xargs -r -n 1 ps -o comm= -p 2>/dev/null | grep -qx runc; }

# client_pids: the processes on the host at the other ends of the engine's connections
client_pids() {
  local connections server
  server=$(namespace_pids | paste -s -d '|')
  [ -n "$server" ] || return 0
  connections=$(ss --unix --no-header --processes)
  # Field 6 is the number of a socket, field 8 the number of the one at its other end.
  awk 'NR == FNR { peer[$8]; next } $6 in peer' <(grep -E "pid=($server)," <<<"$connections") <(grep -vE "pid=($server)," <<<"$connections") |
    sed -n 's/.*pid=\([0-9]*\),.*/\1/p' | sort -u
}
