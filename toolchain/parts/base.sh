# A minimal Debian: the base layer of every image, and the lower part of the engine's own root.
uses="DEBIAN_SUITE lib/debian.sh lib/layer.sh images/base"
packages="debootstrap debian-archive-keyring ca-certificates gzip"
seconds=60 megabytes=900

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  local root=$out/root
  debootstrap --variant=minbase --include=ca-certificates "$DEBIAN_SUITE" "$root" http://deb.debian.org/debian
  # debootstrap copies the host's names into the root; the engine sets both for each container.
  : >"$root/etc/resolv.conf"
  rm -f "$root/etc/hostname"
  debian_sources >"$root/etc/apt/sources.list.d/debian.sources"
  rm -f "$root/etc/apt/sources.list"
  slim_dpkg >"$root/etc/dpkg/dpkg.cfg.d/slim"
  in_root "$root" apt-get update
  in_root "$root" apt-get -y dist-upgrade
  install -D -m 644 "$root/etc/ssl/certs/ca-certificates.crt" "$root/usr/local/lib/ca-certificates/shipped.crt"
  install "$toolchain/images/base/update-ca-certificates" "$root/usr/local/sbin/"
  rm -rf "$root"/usr/share/{doc,man,info,locale,lintian}/*
  tidy_root "$root"
  # The package lists serve the images that build on this; the layer itself has none, as usual.
  mv "$root/var/lib/apt/lists" "$out/lists"
  mkdir -p "$root/var/lib/apt/lists"
  pack_layer "$root"
}
