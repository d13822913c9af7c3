# Runs commands, and installs packages, in Debian roots. All mounts vanish with the builder's mount namespace.

# debian_sources: where a root's packages come from
debian_sources() {
  cat <<S
Types: deb
URIs: http://deb.debian.org/debian
Suites: $DEBIAN_SUITE $DEBIAN_SUITE-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://deb.debian.org/debian-security
Suites: $DEBIAN_SUITE-security
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
S
}

# slim_dpkg: settings that keep documentation and translations out of images
slim_dpkg() { printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian; }

# in_root ROOT COMMAND...: with the host's resolver, and without starting any daemon
in_root() {
  local root=$1 code=0
  shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --bind "$(readlink -f /etc/resolv.conf)" "$root/etc/resolv.conf"
  printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
  chmod +x "$root/usr/sbin/policy-rc.d"
  env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive ${http_proxy:+http_proxy="$http_proxy"} chroot "$root" "$@" || code=$?
  rm -f "$root/usr/sbin/policy-rc.d"
  umount --recursive "$root/proc" "$root/dev" "$root/etc/resolv.conf"
  return $code
}

# on_base: mounts a writable view of the base at $work/root; what is changed there lands in $work/upper
on_base() {
  mkdir -p "$work"/{root,upper,overlay}
  mount -t overlay overlay -o "redirect_dir=off,metacopy=off,index=off,lowerdir=$(output base)/root,upperdir=$work/upper,workdir=$work/overlay" "$work/root"
}

# install_on_base PACKAGE...: into $work/root, with the package lists that the base was made from
install_on_base() {
  local root=$work/root
  cp -r "$(output base)/lists" "$work/lists"
  mount --bind "$work/lists" "$root/var/lib/apt/lists"
  in_root "$root" apt-get -y --no-install-recommends install "$@"
  umount "$root/var/lib/apt/lists"
  tidy_root "$root"
}

# tidy_root ROOT: drops what package installations leave behind
tidy_root() {
  rm -rf "$1"/var/cache/apt/archives/*.deb "$1"/var/cache/apt/*.bin "$1"/var/cache/ldconfig/* "$1"/var/cache/debconf/*-old \
    "$1/var/log/apt" "$1"/var/log/*.log "$1"/var/lib/dpkg/*-old
}
