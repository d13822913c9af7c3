# Debian: the base layer alone.
needs="base"
uses="DEBIAN_SUITE lib/layer.sh"
packages="jq"
seconds=5 megabytes=1

build() {
  . "$toolchain/lib/layer.sh"
  image '{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["bash"]}' \
    library/debian:$DEBIAN_SUITE library/debian:$DEBIAN_SUITE-slim
}
