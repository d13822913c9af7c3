# Paths, messages and locks that every part of the toolchain shares.
set -euo pipefail
shopt -s inherit_errexit nullglob
umask 022

toolchain=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/wallet-world
# WALLET_WORLD_TOOLCHAIN_RECIPES: another directory with parts/ and images/, which the tests use to build cheap parts.
recipes=${WALLET_WORLD_TOOLCHAIN_RECIPES:-$toolchain}
jobs=${WALLET_WORLD_TOOLCHAIN_JOBS:-2}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd -P)
# Everything that must be unique on the machine (network namespace, socket directory) is named after the cache directory.
id=$(printf %s "$cache" | sha256sum | head -c 8)
socket_dir=/run/wallet-world/$id
engine_socket=$socket_dir/engine.sock
# shellcheck source=toolchain/versions.env
. "$toolchain/versions.env"

# say MESSAGE: one line for the person who waits
say() { printf 'toolchain: %s\n' "$*" >&2; }

# die MESSAGE: says what is wrong and what to do, then ends the command
die() { printf 'toolchain: error: %s\n' "$*" >&2; exit 1; }

# clock SECONDS: 75 -> 1:15
clock() { printf '%d:%02d' $(($1 / 60)) $(($1 % 60)); }

# with_lock NAME COMMAND...: runs the command while no other process of this cache directory does so under that name
with_lock() {
  local lock=$cache/$1.lock fd
  shift
  exec {fd}>"$lock"
  if ! flock --nonblock "$fd"; then
    say "another command holds the lock $lock; waiting for it"
    flock "$fd"
  fi
  # What the command leaves running must not keep the lock: it closes $lock_fd.
  lock_fd=$fd "$@"
  exec {fd}>&-
}
