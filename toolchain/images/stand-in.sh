# Stand-ins: images that no package registry has, by their usual names, labelled as such. They say so and fail.
needs="go"
uses="lib/go.sh lib/layer.sh images/stand-in"
packages="jq"
seconds=15 megabytes=20

build() {
  . "$toolchain/lib/go.sh"
  . "$toolchain/lib/layer.sh"
  local image tag from_scratch=yes
  mkdir "$work/root"
  (cd "$toolchain/images/stand-in" && compile main.go "$work/root/stand-in")
  pack_layer "$work/root"
  while read -r image tag; do
    [[ $image != "#"* && -n $image ]] || continue
    image "$(jq --null-input --compact-output --arg name "$image:$tag" '{
      Env: ["PATH=/", "STAND_IN_FOR=" + $name], Entrypoint: ["/stand-in"], User: "65532:65532",
      Labels: {"io.wallet-world.stand-in": "true", "org.opencontainers.image.title": ("stand-in for " + $name)}}')" "${image#*/}:$tag"
  done <"$toolchain/images/stand-in/images"
}
