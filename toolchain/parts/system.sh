# The Debian packages of the engine's own root: container runtime, networks, name service.
needs="base"
uses="lib/debian.sh"
seconds=40 megabytes=300

build() {
  . "$toolchain/lib/debian.sh"
  on_base
  install_on_base iptables iproute2 dnsmasq-base runc containernetworking-plugins git procps xz-utils
  local root=$work/root kind plugin
  mkdir -p "$root/opt/cni/bin" "$root/etc/dagger"
  for plugin in bridge loopback firewall host-local; do cp "$root/usr/lib/cni/$plugin" "$root/opt/cni/bin/"; done
  ln -s /usr/sbin/runc "$root/usr/local/bin/runc"
  for kind in legacy nft; do [ -e "$root/usr/bin/xtables-$kind-multi" ] || ln -s "../sbin/xtables-$kind-multi" "$root/usr/bin/xtables-$kind-multi"; done
  umount "$root"
  mv "$work/upper" "$out/root"
}
