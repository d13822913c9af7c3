# The registry program that serves the base images: the CNCF distribution, compiled from its Go module.
needs="go"
uses="DISTRIBUTION_VERSION DISTRIBUTION_SUM lib/go.sh"
packages="jq ca-certificates"
seconds=60 megabytes=1000

build() {
  . "$toolchain/lib/go.sh"
  unpack_module github.com/distribution/distribution/v3 "$DISTRIBUTION_VERSION" "$DISTRIBUTION_SUM" "$work/distribution"
  cd "$work/distribution"
  mkdir -p "$out/root/usr/local/bin"
  compile ./cmd/registry "$out/root/usr/local/bin/registry" "-X github.com/distribution/distribution/v3/version.version=$DISTRIBUTION_VERSION"
}
