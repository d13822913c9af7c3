# Downloads the command line from the official release, once, and checks it against the release's checksums.

# download_dagger: puts it at $dagger
download_dagger() {
  local base=${WALLET_WORLD_DAGGER_RELEASES:-https://dl.dagger.io/dagger/releases}/${DAGGER_VERSION#v}
  local archive expected found dir
  archive=dagger_${DAGGER_VERSION}_$(uname -s | tr '[:upper:]' '[:lower:]')_$(architecture).tar.gz
  mkdir -p "$(dirname "$dagger")"
  dir=$(mktemp -d "$(dirname "$dagger")/download.XXXXXX")
  # shellcheck disable=SC2064
  trap "rm -rf '$dir'" EXIT
  say "downloading $base/$archive"
  fetch "$base/checksums.txt" "$dir/checksums.txt"
  fetch "$base/$archive" "$dir/$archive"
  expected=$(awk -v name="$archive" '$2 == name || $2 == "*" name { print $1 }' "$dir/checksums.txt")
  found=$(checksum "$dir/$archive")
  [ -n "$expected" ] || die "$base/checksums.txt has no checksum of $archive"
  [ "$found" = "$expected" ] || die "$base/$archive has the checksum $found, checksums.txt says $expected: nothing was installed"
  tar -xzf "$dir/$archive" -C "$dir" dagger
  # A rename: no other call ever sees half a file.
  mv -f "$dir/dagger" "$dagger"
  rm -rf "$dir"
  trap - EXIT
  is_pinned "$dagger" || die "$dagger does not run, or is not dagger $DAGGER_VERSION"
}

fetch() { curl --fail --silent --show-error --location --retry 3 --output "$2" "$1" || die "cannot download $1"; }

architecture() {
  case $(uname -m) in x86_64) echo amd64 ;; aarch64 | arm64) echo arm64 ;; *) die "there is no dagger for $(uname -m)" ;; esac
}

checksum() { if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1; }
