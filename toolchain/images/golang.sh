# Go on Debian, with git for modules that come from repositories; no C compiler.
needs="base go"
uses="GO_VERSION lib/debian.sh lib/layer.sh"
packages="jq"
seconds=40 megabytes=900

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  on_base
  install_on_base git
  mkdir -p "$work/root/go/src" "$work/root/go/bin"
  cp -r "$(output go)/go/." "$work/root/usr/local/go"
  pack_changes
  image '{"Env": ["PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "GOTOOLCHAIN=local", "GOPATH=/go", "GOLANG_VERSION='"$GO_VERSION"'"],
    "Cmd": ["bash"], "WorkingDir": "/go"}' "library/golang:${GO_VERSION%.*}" "library/golang:${GO_VERSION%.*}-$DEBIAN_SUITE"
}
