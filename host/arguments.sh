# Completes the arguments of 'dagger call': the provider mirror of this machine, and the kept sandbox as the target.

# Functions that work on a target; the others need none.
needs_target=" deploy destroy infra plan pods publish report "
# Options of dagger that take no value: after any other option without '=', the next argument is its value.
switches=" -y --auto-apply -d --debug --eager-runtime -i --interactive -E --no-exit -M --no-mod -q --quiet -s --silent -v --verbose -w --web -j --json -h --help "

# complete_arguments ARGS...: sets the array arguments
complete_arguments() {
  local argument before="" module="" function="" call=-1 index=-1 target="" mirror=given
  arguments=("$@")
  for argument in "$@"; do
    index=$((index + 1))
    case $before in
    -m | --mod) module=$argument; before=""; continue ;;
    --aws-credentials | --sandbox) target=given; before=""; continue ;;
    -*) before=""; continue ;;
    esac
    case $argument in
    --mod=*) module=${argument#*=} ;;
    -m?*) module=${argument#-m} ;;
    --aws-credentials=* | --sandbox=*) target=given ;;
    --provider-mirror=*) mirror="" ;;
    --help | -h) return ;;
    -*) is_switch "$argument" || before=$argument; [ "$argument" != --provider-mirror ] || mirror="" ;;
    *) if [ $call -lt 0 ]; then
        # Another command of dagger than call: nothing to complete.
        [ "$argument" = call ] || return 0
        call=$index
      elif [ -z "$function" ]; then function=$argument; fi ;;
    esac
  done
  [ $call -ge 0 ] && is_our_module "$module" || return 0
  local added=() directory=${WALLET_WORLD_PROVIDER_MIRROR-/opt/tf-plugins}
  if [ -n "$mirror" ] && [ -n "$directory" ] && [ -d "$directory" ]; then added+=("--provider-mirror=$directory"); fi
  if [ -z "$target" ] && [ "${WALLET_WORLD_SANDBOX:-on}" != off ] && case $needs_target in *" $function "*) ;; *) false ;; esac; then
    keep_sandbox
    added+=("--sandbox=tcp://localhost:$sandbox_port")
  fi
  arguments=("${@:1:call+1}" "${added[@]+"${added[@]}"}" "${@:call+2}")
}

# is_switch OPTION: one of dagger's that take no value, also several in one (-vv), or with a value in it
is_switch() {
  case $1 in *=*) return 0 ;; --*) ;; -*[!vqsyidEMwjh]*) ;; -??*) return 0 ;; esac
  case $switches in *" $1 "*) return 0 ;; *) return 1 ;; esac
}

# is_our_module REFERENCE: a directory is asked for its name; a reference elsewhere (-m) was given to this wrapper on purpose
is_our_module() {
  local dir=${1:-$PWD}
  if [ ! -d "$dir" ]; then return 0; fi
  dir=$(cd "$dir" && pwd)
  while [ ! -e "$dir/dagger.json" ]; do
    [ -z "$1" ] && [ "$dir" != / ] || return 1
    dir=$(dirname "$dir")
  done
  grep -qE '"name": *"wallet-world"' "$dir/dagger.json"
}
