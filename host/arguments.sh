# Completes the arguments of 'dagger call': the provider mirror of this machine, and the kept sandbox as the target.

# complete_arguments ARGS...: sets the array arguments
complete_arguments() {
  local argument before="" module="" function="" call=-1 index=-1 has_credentials="" has_sandbox="" has_mirror="" has_programs="" other_sandbox=""
  arguments=("$@")
  for argument in "$@"; do
    index=$((index + 1))
    # The value of the option before; what begins with a dash is an option of its own.
    case $before/$argument in
    /* | -*/-*) before="" ;;
    -m/* | --mod/*) module=$argument before=""; continue ;;
    *) before=""; continue ;;
    esac
    case $argument in
    -h | --help) return 0 ;;
    --mod=*) module=${argument#*=} ;;
    --aws-credentials | --aws-credentials=*) has_credentials=yes ;;
    --sandbox | --sandbox=*) has_sandbox=yes ;;
    --provider-mirror | --provider-mirror=*) has_mirror=yes ;;
    --kept-programs | --kept-programs=*) has_programs=yes ;;
    esac
    case $argument in
    -*) is_switch "$argument" || before=$argument ;;
    call) if [ $call -lt 0 ]; then call=$index; else function=${function:-$argument}; fi ;;
    # Before 'call', this is another command of dagger, with nothing to complete.
    *) if [ $call -lt 0 ]; then return 0; else function=${function:-$argument}; fi ;;
    esac
  done
  [ $call -ge 0 ] && is_our_module "$module" || return 0
  local added=() directory
  directory=$(provider_mirror)
  if [ -z "$has_mirror" ] && [ -n "$directory" ]; then added+=("--provider-mirror=$directory"); fi
  # A module from elsewhere may be another version, with other programs.
  if [ -z "$module" ] || [ -d "$module" ]; then directory=$(kept_programs); else directory=""; fi
  if [ -z "$has_programs" ] && [ -n "$directory" ]; then added+=("--kept-programs=$directory"); fi
  case ${WALLET_WORLD_SANDBOX:-on}/$has_credentials in
  # Credentials mean AWS, unless the sandbox is to check them.
  off/* | on/yes) has_sandbox=no ;;
  on/ | always/*) ;;
  0*/* | *[!0-9]*/*) die "WALLET_WORLD_SANDBOX is '$WALLET_WORLD_SANDBOX'; it can be on, off, always or a port" ;;
  *) other_sandbox=$WALLET_WORLD_SANDBOX ;;
  esac
  if [ -z "$has_sandbox" ] && needs_target "$function"; then
    if [ -n "$other_sandbox" ]; then meet_sandbox "$other_sandbox"; else keep_sandbox; fi
    added+=("--sandbox=$sandbox_address")
  fi
  arguments=("${@:1:call+1}" "${added[@]+"${added[@]}"}" "${@:call+2}")
}

# The functions that work on a target. Tests read this list, and compare it with the module and the README.
target_functions="deploy destroy doctor export-argocd infra lock plan publish report"

# needs_target FUNCTION: does it work on a target?
needs_target() { case " $target_functions " in *" $1 "*) ;; *) return 1 ;; esac; }

# provider_mirror: prints the directory with OpenTofu's providers, if this machine has one
provider_mirror() {
  local directory=${WALLET_WORLD_PROVIDER_MIRROR-/opt/tf-plugins}
  if [ -n "$directory" ] && [ -d "$directory" ]; then echo "$directory"; fi
}

# is_switch OPTION: is the next argument not its value? So it is with dagger's options that take none, with letters
# put together (-vv), and with values after '='.
is_switch() {
  case $1 in
  *=* | --auto-apply | --debug | --eager-runtime | --interactive | --no-exit | --no-mod | --quiet | --silent | --verbose | --web | --json) ;;
  --* | -[!ydiEMqsvwj]*) return 1 ;;
  esac
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
