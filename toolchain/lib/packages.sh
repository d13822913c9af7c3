# Installs the Debian packages that a step needs on the host, and only those that are missing.

# missing_packages PACKAGE...: prints those that are not installed; a program of the same name from elsewhere will do
missing_packages() {
  local package
  for package in $(printf '%s\n' "$@" | sort -u); do
    command -v "$package" >/dev/null || [ "$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

# install_packages PACKAGE...: package lists are only fetched anew when the ones at hand do not do
install_packages() {
  local missing log=$cache/log/packages.log
  local apt=(apt-get -o DPkg::Lock::Timeout=600 -qq -y --no-install-recommends)
  mapfile -t missing < <(missing_packages "$@")
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing Debian packages: ${missing[*]}"
  mkdir -p "$cache/log"
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" install "${missing[@]}" >"$log" 2>&1 ||
    { "${apt[@]}" update >>"$log" 2>&1 && "${apt[@]}" install "${missing[@]}" >>"$log" 2>&1; } ||
    { tail -n 20 "$log" >&2; die "apt-get cannot install ${missing[*]}: see $log"; }
}
