# Keeps the compiled programs outside of the engine, which forgets what nobody used for two days, and everything when it is killed.

# kept_programs: prints a directory with programs that were kept, if there is one, and marks it as used: that of this
# checkout, else the one used last. The module takes from it only what is made exactly as it would make it.
kept_programs() {
  local directory
  directory=$(programs_directory)
  # The names are digests, and `find` cannot sort by time everywhere.
  # shellcheck disable=SC2012
  [ -e "$directory/programs.json" ] || directory=$(cd "$cache/programs" 2>/dev/null && ls -td "$PWD"/*/ 2>/dev/null | sed 's,/$,,' | grep -v '\.new$' | head -n 1) || :
  if [ -e "$directory/programs.json" ]; then touch "$directory" && echo "$directory"; fi
}

# keep_programs: writes them in the background once this call has ended, which makes them first. Once for each state of the
# files that they are made of. What is killed before the rename leaves only something that the next one removes.
keep_programs() {
  local directory call=$$ command=(bash -euo pipefail -c)
  directory=$(programs_directory)
  [ ! -e "$directory/programs.json" ] && [ -d "$checkout/ci" ] || return 0
  mkdir -p "$cache/programs"
  # In a session of its own, so that the end of this terminal, or Ctrl-C in it, is not its end.
  if command -v setsid >/dev/null; then command=(setsid "${command[@]}"); fi
  # The script is another shell's, and so are its variables.
  # shellcheck disable=SC2016
  (cd "$checkout" && DAGGER_PROGRESS=plain exec nohup "${command[@]}" '
    if command -v flock >/dev/null; then exec 9>"$1/lock"; flock --nonblock 9 || exit 0; fi
    while kill -0 "$2" 2>/dev/null; do sleep 1; done
    rm -rf "$1"/*.new
    "$3" call ${5:+"--kept-programs=$5"} keep-programs export --path "$4.new" 9>&-
    mv "$4.new" "$4"
    # They are large. Other checkouts may be using theirs: what nobody used for a day goes, and of what nobody
    # used for an hour all but the five used last.
    find "$1" -mindepth 1 -maxdepth 1 -type d -mmin +1440 -exec rm -rf {} +
    ls -td "$1"/*/ | sed 1,5d | while read -r old; do find "$old" -maxdepth 0 -mmin +60 -exec rm -rf {} +; done' \
    keep-programs "$cache/programs" "$call" "$dagger" "$directory" "$(kept_programs)") </dev/null >"$cache/programs/log" 2>&1 7>&- 8>&- &
}

# programs_directory: named after everything that decides how programs are made
programs_directory() {
  local sources
  sources=$(cd "$checkout" &&
    find ci/pipeline/tools sandbox/gateway sandbox/pause sandbox/cloud/requirements.txt sandbox/kafka/pom.xml -type f 2>/dev/null |
    LC_ALL=C sort | tr '\n' '\0' | xargs -0 cat 2>/dev/null | checksum -) || :
  echo "$cache/programs/${sources:0:16}"
}
