# Stand-ins: images that no package registry has, by their usual names, labelled as such. They say so; they fail, or act.
needs="go"
uses="lib/go.sh lib/layer.sh images/stand-in"
packages="jq"
seconds=20 megabytes=25

build() {
  . "$toolchain/lib/go.sh"
  . "$toolchain/lib/layer.sh"
  local image tag acts from_scratch=yes
  mkdir "$work/root"
  (cd "$toolchain/images/stand-in" && compile . "$work/root/stand-in")
  pack_layer "$work/root"
  while read -r image tag acts; do
    [[ $image != "#"* && -n $image ]] || continue
    image "$(jq --null-input --compact-output --arg name "$image:$tag" --arg acts "$acts" '{
      Env: ["PATH=/", "STAND_IN_FOR=" + $name], Entrypoint: ["/stand-in"], User: "65532:65532",
      Labels: ({"io.wallet-world.stand-in": "true", "org.opencontainers.image.title": ("stand-in for " + $name)}
        + if $acts == "acts" then {"io.wallet-world.stand-in.acts": "true"} else {} end)}')" "${image#*/}:$tag"
  done <"$toolchain/images/stand-in/images"
}
