# Chooses the engine, and the command line that goes with it.

# choose_engine: sets $dagger, $dagger_has_display and the environment that it is to run in; says in one line which engine and why
choose_engine() {
  export DAGGER_NO_NAG=1 DO_NOT_TRACK=1
  dagger_has_display=yes
  local runtime="" wanted=${WALLET_WORLD_ENGINE:-auto}
  case $wanted in auto | container | toolchain) ;; *) die "WALLET_WORLD_ENGINE is '$wanted'; it can be auto, container or toolchain" ;; esac
  if [ -n "${_EXPERIMENTAL_DAGGER_RUNNER_HOST:-}" ]; then
    say "engine $_EXPERIMENTAL_DAGGER_RUNNER_HOST, as _EXPERIMENTAL_DAGGER_RUNNER_HOST says"
    find_dagger
  elif [ "$wanted" != toolchain ] && runtime=$(answering_runtime); then
    say "engine $DAGGER_VERSION in a container, because $runtime answers"
    find_dagger
  elif [ "$wanted" != container ] && can_build_toolchain; then
    say "engine of the toolchain, because $([ "$wanted" = auto ] && echo "no container runtime answers" || echo "WALLET_WORLD_ENGINE says so") and this is Debian on amd64 as root"
    "$checkout/toolchain/toolchain" start
    export _EXPERIMENTAL_DAGGER_RUNNER_HOST
    _EXPERIMENTAL_DAGGER_RUNNER_HOST=$("$checkout/toolchain/toolchain" socket)
    use_toolchain_dagger
  else
    die "no engine: no container runtime answers ('docker info' and its like fail), and the toolchain's engine needs Debian on amd64 and root. Install Docker (https://docs.docker.com/engine/install) or Podman and start it, or name an engine in _EXPERIMENTAL_DAGGER_RUNNER_HOST."
  fi
}

# answering_runtime: prints the first container runtime whose service answers
answering_runtime() {
  local name
  for name in docker podman nerdctl finch; do
    command -v "$name" >/dev/null || continue
    if within 10 "$name" info >/dev/null 2>&1; then echo "$name"; return; fi
  done
  return 1
}

# within SECONDS COMMAND...: ends the command when it takes longer (macOS has no timeout command)
within() {
  local limit=$1
  shift
  if command -v timeout >/dev/null; then timeout "$limit" "$@"; else perl -e 'alarm shift; exec @ARGV' "$limit" "$@"; fi
}

# can_build_toolchain: Debian itself, not a relative of it: the engine's root is put together from its packages
can_build_toolchain() {
  [ "$(uname -s)/$(uname -m)" = Linux/x86_64 ] && [ "$(id -u)" = 0 ] && grep -qsx 'ID=debian' "${WALLET_WORLD_OS_RELEASE:-/etc/os-release}"
}

# find_dagger: the pinned version from the PATH, from the toolchain, or from the official release
find_dagger() {
  if dagger=$(command -v dagger) && is_pinned "$dagger"; then return; fi
  if is_pinned "$cache/bin/dagger"; then use_toolchain_dagger; return; fi
  dagger=$cache/dagger/$DAGGER_VERSION/dagger
  is_pinned "$dagger" || download_dagger
}

# is_pinned COMMAND: is it dagger of the version that we use?
is_pinned() { [ -x "$1" ] && case $("$1" version 2>/dev/null) in "dagger $DAGGER_VERSION "*) ;; *) return 1 ;; esac; }

# The toolchain's command line lacks the interactive display, which dagger would choose on a terminal.
use_toolchain_dagger() {
  dagger=$cache/bin/dagger
  dagger_has_display=
}
