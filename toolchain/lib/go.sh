# Builds programs from released Go modules, with the caches below the cache directory and no settings from outside.
export GOMODCACHE=$cache/go/mod GOCACHE=$cache/go/build GOPATH=$cache/go GOENV=off GOWORK=off GOTOOLCHAIN=local
# The checksum database lacks some of the modules: the sum in versions.env checks a module, and its go.sum everything below.
export GOSUMDB=off GOFLAGS="-mod=readonly -buildvcs=false -trimpath" CGO_ENABLED=0 GOOS=linux GOARCH=amd64
# Go's collector runs less often while it compiles: memory is plenty, and the standard library takes 0.76 of the time.
export GOGC=400

# go ARGS...: the toolchain's Go
go() { "$(output go)/go/bin/go" "$@"; }

# unpack_module MODULE VERSION SUM DIRECTORY: a writable copy of a released module
unpack_module() {
  local info sum dir
  info=$(cd "$work" && GOFLAGS='' go mod download -json "$1@$2") || { echo "Go module $1@$2 cannot be had: $info"; return 1; }
  sum=$(jq -r .Sum <<<"$info") dir=$(jq -r .Dir <<<"$info")
  [ "$sum" = "$3" ] || { echo "Go module $1@$2 has the checksum $sum, versions.env says $3"; return 1; }
  cp -r "$dir" "$4"
  chmod -R u+w "$4"
}

# compile PACKAGE FILE [LDFLAGS]: in the current directory's module
compile() {
  echo "go build $1"
  go build ${go_tags:+-tags "$go_tags"} -ldflags "-s -w ${3:-}" -o "$2" "$1"
}
