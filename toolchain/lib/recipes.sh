# Reads the recipes of the parts, and computes the key under which each part's output is kept.
#
# A recipe is a shell file parts/NAME.sh or images/NAME.sh (part image-NAME) that sets
#   needs="PART..."       parts whose output it uses
#   uses="ITEM..."        what its result depends on beside itself: files, directories, variables (versions), NAME=VALUE
#   packages="PACKAGE..." Debian packages that it needs on the host
#   seconds=N megabytes=N what it takes on an empty cache (estimates for the progress lines and the check of disk space)
# and defines build(), which writes into the directory $out and may use the directory $work.
declare -A part_needs=() part_seconds=() part_megabytes=() part_packages=() part_key=() part_file=()
part_names=()

# recipe_fields FILE: a recipe's fields, one line each, read without touching this shell's variables
recipe_fields() (
  needs="" uses="" packages="" seconds=1 megabytes=1
  # shellcheck disable=SC1090
  . "$1"
  printf '%s\n' "$needs" "$packages" "$seconds" "$megabytes"
  printf '%s\n' "$uses"
)

# load_recipes: fills part_*; keys included
load_recipes() {
  local file name fields
  declare -gA part_uses=()
  for file in "$recipes"/parts/*.sh "$recipes"/images/*.sh; do
    name=$(basename "$file" .sh)
    [[ $file != */images/* ]] || name=image-$name
    mapfile -t fields < <(recipe_fields "$file")
    part_names+=("$name") part_file[$name]=$file
    part_needs[$name]=${fields[0]} part_packages[$name]=${fields[1]}
    part_seconds[$name]=${fields[2]} part_megabytes[$name]=${fields[3]} part_uses[$name]=${fields[4]:-}
  done
  for name in "${part_names[@]}"; do compute_key "$name"; done
}

# compute_key PART: the hash of its recipe, of what it uses, and of the keys of what it needs
compute_key() {
  local name=$1 item
  [ -z "${part_key[$name]:-}" ] || return 0
  [ -n "${part_file[$name]:-}" ] || die "no recipe for part $name in $recipes"
  for item in ${part_needs[$name]}; do compute_key "$item"; done
  part_key[$name]=$({
    sha256sum <"${part_file[$name]}"
    for item in ${part_needs[$name]}; do echo "$item ${part_key[$item]}"; done
    for item in ${part_uses[$name]}; do
      if [ -d "$recipes/$item" ]; then (cd "$recipes" && find "$item" -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum)
      elif [ -f "$recipes/$item" ]; then sha256sum <"$recipes/$item"
      elif [[ $item == *=* ]]; then echo "$item"
      else echo "$item=${!item?$name.sh uses $item, which is neither a file in $recipes nor a version in versions.env}"
      fi
    done
  } | sha256sum | head -c 16)
}

# output PART: the directory that holds (or will hold) the part's output
output() { echo "$cache/parts/$1/${part_key[$1]}"; }

# is_built PART
is_built() { [ -d "$cache/parts/$1/${part_key[$1]}" ]; }
