#!/usr/bin/env bash
# Compiles commands of one released Go module into /out.
#   MODULE=… VERSION=… LDFLAGS=… GENERATOR=… KUBERNETES=… compile.sh [GO-MOD-EDIT-FLAG…] -- NAME=PACKAGE…
# The module is unpacked and built inside, so that its own go.mod and go.sum rule: `go install PACKAGE@VERSION` refuses
# modules that carry `replace`s. The checksum database does not know every release; go.sum still checks what is used.
set -euo pipefail
export GOSUMDB=off GOWORK=off GOFLAGS=-mod=mod

edits=()
while [ "$1" != -- ]; do edits+=("$1"); shift; done
shift

json=$(go mod download -json "$MODULE@$VERSION") || { printf '%s\n' "$json" >&2; exit 1; }
dir=$(sed -n 's/^\t"Dir": "\(.*\)",\{0,1\}$/\1/p' <<<"$json")
cp -r "$dir" /build && chmod -R u+w /build && cd /build

# Kubernetes points at its staging directory, which its released module leaves out: the same code is released as modules.
if [ "$MODULE" = k8s.io/kubernetes ]; then
  while read -r staged; do edits+=("-replace=$staged=$staged@v0.${VERSION#v1.}"); done \
    < <(sed -n 's/^\t\(k8s\.io\/[a-z0-9-]*\) => \.\/staging.*/\1/p' go.mod)
fi
if [ -n "$KUBERNETES" ]; then
  while read -r library; do edits+=("-require=$library@v0.${KUBERNETES#v1.}"); done \
    < <(sed -nE 's/^\t(k8s\.io\/[a-z0-9-]+) v0\.[1-9].*/\1/p' go.mod)
fi
[ ${#edits[@]} -eq 0 ] || go mod edit "${edits[@]}"

if [ -d /replaced ]; then cp -r /replaced/. .; fi
[ -z "$GENERATOR" ] || go run "$GENERATOR"

# Downloads go side by side, compilations one after the other: each keeps all processors busy, and two at once would both
# compile what neither finds in the cache yet, the standard library before all.
go list -deps "${@#*=}" >/dev/null
exec {lock}>"$GOCACHE/compilation.lock"
flock $lock

# Go says nothing while it compiles; whoever waits sees this.
names=("${@%%=*}")
echo "compiling ${names[*]} $VERSION" >&2
# One command for all of them: while one is linked, another is compiled. Names are those of the packages' directories.
mkdir /out
if [ $# -eq 1 ]; then out=/out/${names[0]}; else out=/out/; fi
go build -trimpath -buildvcs=false -gcflags=all=-dwarf=false -ldflags "-s -w $LDFLAGS" -o "$out" "${@#*=}"
for name in "${names[@]}"; do [ -x "/out/$name" ] || { echo "no command $name came of $MODULE" >&2; exit 1; }; done
