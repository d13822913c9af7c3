# The content of the mirror: all images, in the layout in which the registry keeps its files.
needs="base image-busybox image-debian image-golang image-node image-postgres image-python image-stand-in"
seconds=5 megabytes=1

build() {
  local store=$out/root/srv/mirror/docker/registry/v2 need blob name manifest
  for need in $needs; do
    for blob in "$(output "$need")"/blobs/*; do
      add_blob "$blob"
    done
  done
  for need in $needs; do
    [ -e "$(output "$need")/names" ] || continue
    while read -r name manifest; do add_image "${name%:*}" "${name##*:}" "$manifest"; done <"$(output "$need")/names"
  done
}

# add_blob FILE: hard links cost no space
add_blob() {
  local digest=${1##*/}
  mkdir -p "$store/blobs/sha256/${digest:0:2}/$digest"
  ln --force "$1" "$store/blobs/sha256/${digest:0:2}/$digest/data"
}

# link_to DIGEST DIRECTORY
link_to() {
  mkdir -p "$2"
  printf 'sha256:%s' "$1" >"$2/link"
}

# add_image REPOSITORY TAG MANIFEST-DIGEST
add_image() {
  local repository=$store/repositories/$1 digest
  link_to "$3" "$repository/_manifests/revisions/sha256/$3"
  link_to "$3" "$repository/_manifests/tags/$2/current"
  link_to "$3" "$repository/_manifests/tags/$2/index/sha256/$3"
  for digest in $(grep -oE 'sha256:[0-9a-f]{64}' "$store/blobs/sha256/${3:0:2}/$3/data"); do
    link_to "${digest#*:}" "$repository/_layers/sha256/${digest#*:}"
  done
}
