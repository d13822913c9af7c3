# Packs directories as OCI layers, and layers as images (blobs, and the names under which the mirror serves them).

# blob FILE: moves it among the output's blobs; prints its digest
blob() {
  local digest
  digest=$(sha256sum <"$1" | head -c 64)
  mkdir -p "$out/blobs"
  mv "$1" "$out/blobs/$digest"
  echo "$digest"
}

# pack_layer DIRECTORY [FILE-WITH-NAMES-TO-DELETE]: adds a layer to the output, described by a line of layers.json
pack_layer() {
  local tar=$work/layer.tar diff size digest
  tar --create --sort=name --numeric-owner --xattrs --xattrs-include=security.capability --directory="$1" --file="$tar" \
    --exclude-from=<(cd "$1" && find . -type c) .
  diff=$(sha256sum <"$tar" | head -c 64)
  gzip --fast --no-name "$tar"
  size=$(stat --format=%s "$tar.gz")
  digest=$(blob "$tar.gz")
  printf '{"digest":"sha256:%s","size":%s,"diff":"sha256:%s"}\n' "$digest" "$size" "$diff" >>"$out/layers.json"
}

# pack_changes: adds the layer of what was changed in $work/root since on_base, deletions included
pack_changes() {
  local base name
  base=$(output base)/root
  # In the overlay a deletion is a device file; in a layer it is an empty file .wh.NAME beside where NAME was.
  LC_ALL=C comm -23 <(cd "$base" && find . | LC_ALL=C sort) <(cd "$work/root" && find . | LC_ALL=C sort) >"$work/deleted"
  umount "$work/root"
  find "$work/upper" -type c -delete
  while read -r name; do
    [ ! -d "$work/upper/$(dirname "$name")" ] || : >"$work/upper/$(dirname "$name")/.wh.$(basename "$name")"
  done <"$work/deleted"
  pack_layer "$work/upper"
}

# image CONFIG NAME...: an image of the base's layer (unless from_scratch is set) and the output's own; CONFIG is its config object
image() {
  local config=$1 layers=() manifest
  shift
  [ -n "${from_scratch:-}" ] || layers+=("$(output base)/layers.json")
  [ ! -e "$out/layers.json" ] || layers+=("$out/layers.json")
  jq --null-input --compact-output --slurpfile layers <(cat "${layers[@]}") --argjson config "$config" \
    '{architecture: "amd64", os: "linux", config: $config, rootfs: {type: "layers", diff_ids: [$layers[].diff]}}' >"$work/config"
  local size digest
  size=$(stat --format=%s "$work/config")
  digest=$(blob "$work/config")
  jq --null-input --compact-output --slurpfile layers <(cat "${layers[@]}") --arg digest "sha256:$digest" --argjson size "$size" '{
    schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {mediaType: "application/vnd.oci.image.config.v1+json", digest: $digest, size: $size},
    layers: [$layers[] | {mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest, size}]}' >"$work/manifest"
  manifest=$(blob "$work/manifest")
  printf '%s\n' "$@" | sed "s/\$/ $manifest/" >>"$out/names"
}
