# What a person sees of a call: the lines that the module says, and the error. The rest of dagger's output goes to a file.

# The module marks its lines with this; before it stands the engine's own prefix.
said_mark='| ==> '

# run_dagger ARGS...: runs $dagger with the array arguments; ARGS are those that the person gave
run_dagger() {
  # Neither the engine's progress nor what it passes on holds escape codes where there is no terminal.
  [ -t 2 ] || export NO_COLOR=${NO_COLOR:-1}
  if ! is_brief "$@"; then
    # Without a display of its own, dagger would take the terminal for one.
    if [ -z "$dagger_has_display" ]; then export DAGGER_PROGRESS=${DAGGER_PROGRESS:-plain}; fi
    exec "$dagger" "${arguments[@]+"${arguments[@]}"}"
  fi
  open_log "$@"
  local code=0
  follow_dagger "$@" || code=$?
  [ $code -eq 0 ] || show_failure $code
  exit $code
}

# is_brief ARGS...: is it a call of which nobody asked for more, and which dagger cannot display itself?
is_brief() {
  local argument called="" help=""
  [ -z "${DAGGER_PROGRESS:-}" ] || return 1
  for argument in "$@"; do
    case $argument in
    call) called=yes ;;
    --help | -h) help=yes ;;
    --progress | --progress=* | -[dviswE]* | --debug | --verbose | --interactive | --silent | --web | terminal) return 1 ;;
    esac
  done
  [ -n "$called" ] && { [ -z "$dagger_has_display" ] || [ ! -t 2 ]; }
}

# open_log ARGS...: a new file, $call_log, for everything; those of the last calls are kept
open_log() {
  local directory=$cache/calls old
  (umask 077 && mkdir -p "$directory")
  # Names begin with the time, and are those given below.
  # shellcheck disable=SC2012
  for old in $(cd "$directory" && ls -r | tail -n +40); do rm -f "$directory/$old"; done
  call_log=$directory/$(date +%Y%m%d-%H%M%S)-$$.log
  (umask 077 && printf '$ daggerw %s\n' "$*" >"$call_log")
}

# follow_dagger ARGS...: runs it and shows what the module says; its exit code is that of dagger
follow_dagger() {
  local pid code=0 line rest="" began=$SECONDS output="" show=cat
  case " $* " in
  *" --help "* | *" -h "*) # Its headings are bold everywhere, even where there is no terminal.
    if [ ! -t 1 ]; then output=$call_log.result show=without_escapes; fi ;;
  *) say "everything that is printed goes to $call_log" ;;
  esac
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    printf '::group::daggerw %s\n' "$*" >&2
    # The result comes after the group.
    output=$call_log.result
  fi
  exec 9<"$call_log"
  if [ -n "$output" ]; then "$dagger" "${arguments[@]}" <&0 >"$output" 2>>"$call_log" 9<&- &
  else "$dagger" "${arguments[@]}" <&0 2>>"$call_log" 9<&- & fi
  pid=$!
  # A process in the background ignores the interrupt of a terminal, and gets nothing that is sent to this one.
  trap 'kill -INT $pid 2>/dev/null' INT
  trap 'kill -TERM $pid 2>/dev/null' TERM HUP
  while :; do
    # Looked at before reading: what it wrote at its end is read, too.
    local runs=""
    ! kill -0 "$pid" 2>/dev/null || runs=yes
    while IFS= read -r line <&9 || { rest=$rest$line; false; }; do
      show_line "$rest$line" $((SECONDS - began))
      rest=""
    done
    [ -n "$runs" ] || break
    sleep 0.2
  done
  wait "$pid" || code=$?
  trap - INT TERM HUP
  exec 9<&-
  [ -z "${GITHUB_ACTIONS:-}" ] || echo "::endgroup::" >&2
  if [ -n "$output" ]; then $show <"$output"; rm -f "$output"; fi
  return $code
}

# show_line LINE SECONDS: shows a line of dagger's if the module said it, or a person must know it
show_line() {
  case $1 in
  *"$said_mark"*) printf '[%d:%02d] %s\n' $(($2 / 60)) $(($2 % 60)) "${1#*"$said_mark"}" ;;
  *" tunnel started "*) printf '%s\n' "$1" ;;
  *) return 0 ;;
  esac >&2
}

# show_failure CODE: the error, and where all the rest is
show_failure() {
  local error
  error=$(error_in "$call_log")
  if [ -n "$error" ]; then printf '\n%s\n' "$error" >&2
  else say "dagger ended with $1; its last lines:"; tail -n 15 "$call_log" >&2; fi
  if [ -n "${GITHUB_ACTIONS:-}" ]; then
    # The machine and its files are gone when somebody reads this.
    { echo "::group::everything that was printed"; cat "$call_log"; echo "::endgroup::"; } >&2
  else
    say "everything that was printed: $call_log"
  fi
}

# error_in FILE: the error that dagger's output ends with. It begins after an empty line and is the last that it says:
# whatever its progress says comes before, each line with a number, and may hold errors of tools.
error_in() {
  awk '
    /^[0-9]+ *: / { error = "" }
    error != "" { error = error "\n" $0 }
    /^Error: / && before == "" && error == "" { error = $0 }
    { before = $0 }
    # Marks by which the engine finds the part of its trace that failed.
    END { if (error != "") { gsub(/ *\[traceparent:[0-9a-f-]+\]/, "", error); print error } }
  ' "$1"
}

# show_waiting SECONDS TEXT: says what is waited for; on a terminal always in the same line, else a line every 20 s
show_waiting() {
  if [ -t 2 ]; then printf '\r\033[Kdaggerw: %s' "$(cut -c 1-"$((${COLUMNS:-$(tput cols 2>/dev/null || echo 80)} - 10))" <<<"$2")" >&2
  elif [ $(($1 - ${waiting_shown:-0})) -ge 20 ] || [ "$1" -lt "${waiting_shown:-0}" ]; then waiting_shown=$1; say "$2"; fi
}

# end_waiting: the next output begins in a line of its own
end_waiting() { [ ! -t 2 ] || printf '\r\033[K' >&2; waiting_shown=0; }

# without_escapes: what is read, without escape codes
without_escapes() { sed $'s/\033\\[[0-9;?]*[A-Za-z]//g' | tr -d '\033'; }

# last_said FILE: what the module said last, in dagger's output
last_said() { without_escapes <"$1" 2>/dev/null | grep -F -e "$said_mark" | tail -n 1 | sed 's/^.*| ==> //'; }
