# Builds the parts that are missing: those that do not need each other side by side, each renamed into its place when done.

# build_part PART: runs in a process of its own, its output in a log
build_part() {
  local name=$1 final
  final=$(output "$name")
  work=$cache/tmp/$name out=$cache/tmp/$name/out
  mkdir -p "$out" "$(dirname "$final")"
  # shellcheck disable=SC1090
  . "${part_file[$name]}"
  cd "$work"
  build
  # The rename is what makes the part exist: whatever is killed before leaves only something below tmp.
  mv "$out" "$final"
  cd "$cache"
  discard "$work"
}

# discard DIRECTORY: renamed first, so that half a directory is never taken for a whole one
discard() {
  local doomed
  [ -e "$1" ] || return 0
  doomed=$(mktemp -d "$cache/doomed.XXXXXX")
  mv "$1" "$doomed"
  # Go's module files are read-only, which rm -rf alone stumbles over.
  chmod -R u+w "$doomed" 2>/dev/null || :
  rm -rf "$doomed"
}

# remaining: estimated seconds until all is built
remaining() {
  local name sum=0 longest=0 left now=$SECONDS
  for name in "${todo[@]}"; do
    [ "${state[$name]}" != done ] || continue
    left=${part_seconds[$name]}
    [ "${state[$name]}" != running ] || left=$((left - now + started[$name]))
    [ $left -ge 5 ] || left=5
    sum=$((sum + left))
    [ $left -le $longest ] || longest=$left
  done
  [ $((sum / jobs)) -gt $longest ] && echo $((sum / jobs)) || echo $longest
}

# progress MESSAGE: a line with what is done, elapsed and remaining
progress() {
  local name finished=0
  for name in "${todo[@]}"; do [ "${state[$name]}" != done ] || finished=$((finished + 1)); done
  say "[$(clock $SECONDS)] $1 ($finished of ${#todo[@]} done, about $(clock "$(remaining)") left)"
}

# next_ready: prints the longest part that can be started
next_ready() {
  local name need ready best=""
  for name in "${todo[@]}"; do
    [ "${state[$name]}" = waiting ] || continue
    ready=yes
    for need in ${part_needs[$name]}; do is_built "$need" || ready=no; done
    [ $ready = yes ] || continue
    if [ -z "$best" ] || [ "${part_seconds[$name]}" -gt "${part_seconds[$best]}" ]; then best=$name; fi
  done
  echo "$best"
}

# build_missing: builds the parts named in todo; expects to be the only builder of this cache directory
build_missing() {
  local -A state=() started=() name_of=()
  local name pid running=0 beat="" code
  SECONDS=0
  # What a killed build has left.
  for name in "$cache"/doomed.* "$cache/tmp"; do discard "$name"; done
  mkdir -p "$cache/tmp" "$cache/log"
  for name in "${todo[@]}"; do state[$name]=waiting; done
  progress "building ${#todo[@]} parts"
  while :; do
    while [ $running -lt "$jobs" ] && name=$(next_ready) && [ -n "$name" ]; do
      (build_part "$name") >"$cache/log/$name.log" 2>&1 {lock_fd}>&- &
      name_of[$!]=$name state[$name]=running started[$name]=$SECONDS running=$((running + 1))
      progress "$name: started"
    done
    [ $running -gt 0 ] || break
    [ -n "$beat" ] || { sleep "${WALLET_WORLD_PROGRESS_SECONDS:-20}" & beat=$!; }
    code=0; wait -n -p pid || code=$?
    if [ "$pid" = "$beat" ]; then beat=""; progress "still building: $(running_parts)"; continue; fi
    name=${name_of[$pid]}
    if [ $code -ne 0 ]; then
      tail -n 30 "$cache/log/$name.log" >&2
      die "part $name failed (exit code $code); the lines above are the end of its log, $cache/log/$name.log. The same command continues where this one stopped."
    fi
    state[$name]=done running=$((running - 1))
    progress "$name: built in $(clock $((SECONDS - started[$name])))"
  done
}

# running_parts: names of the parts that are being built
running_parts() {
  local name names=()
  for name in "${todo[@]}"; do [ "${state[$name]}" != running ] || names+=("$name"); done
  echo "${names[*]}"
}

# need_disk_space: stops before a build that would fill the disk half-way
need_disk_space() {
  local name need=500 free
  for name in "${todo[@]}"; do need=$((need + part_megabytes[$name])); done
  free=$(($(df --output=avail --block-size=1M "$cache" | tail -n 1)))
  [ "$free" -ge "$need" ] || die "building needs about $need MB below $cache, and $free MB are free. Free some space, or set XDG_CACHE_HOME to a larger disk."
}

# missing_parts: fills todo
missing_parts() {
  local name
  todo=()
  for name in "${part_names[@]}"; do is_built "$name" || todo+=("$name"); done
}
