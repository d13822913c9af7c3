# The engine, its helpers and the command line, compiled from the engine's Go module.
needs="go"
uses="DAGGER_VERSION DAGGER_SUM lib/go.sh engine"
packages="jq ca-certificates"
seconds=200 megabytes=5000

build() {
  . "$toolchain/lib/go.sh"
  unpack_module github.com/dagger/dagger "$DAGGER_VERSION" "$DAGGER_SUM" "$work/dagger"
  cd "$work/dagger"
  leave_out_what_no_registry_has
  local version=github.com/dagger/dagger/engine go_tags="dfexcludepatterns dfparents" bin=$out/root/usr/local/bin name
  mkdir -p "$bin" "$out/root/opt/cni/bin" "$out/helpers"
  for name in engine:$bin/dagger-engine init:$bin/dagger-init dagger:$bin/dagger dialstdio:$bin/dialstdio \
    dnsname:$out/root/opt/cni/bin/dnsname codegen:$out/helpers/codegen; do
    compile "./cmd/${name%%:*}" "${name#*:}" "-X $version.Version=$DAGGER_VERSION -X $version.Tag=$DAGGER_VERSION"
  done
}

# Four modules that the engine's module asks for are in no registry. engine/ has modules with the same interface instead:
# the constants of distconsts, and no interactive display (tuist, teav1) and no second version of the Dang language.
leave_out_what_no_registry_has() {
  cp -r "$toolchain/engine/distconsts" engine/
  cp -r "$toolchain/engine/tuist" "$toolchain/engine/teav1" .
  rm core/sdk/dang/v2/*.go
  cp "$toolchain/engine/dangv2/sdk.go" core/sdk/dang/v2/
  go mod edit -replace "dagger.io/dagger=dagger.io/dagger@$DAGGER_VERSION" \
    -replace github.com/vito/tuist=./tuist -replace github.com/vito/tuist/teav1=./teav1 \
    -droprequire github.com/vito/dang/v2 -require github.com/vito/midterm@v0.2.5 \
    -require github.com/danielgatis/go-ansicode@v1.0.14 -require github.com/danielgatis/go-utf8@v1.0.1 \
    -require github.com/danielgatis/go-vte@v1.0.11
  cat "$toolchain/engine/go.sum" >>go.sum
}
