# Busybox, from Debian's static build of it.
needs="base"
uses="lib/debian.sh lib/layer.sh"
packages="jq"
seconds=15 megabytes=20

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  on_base
  install_on_base busybox-static
  local root=$work/busybox applet
  mkdir -p "$root"/{bin,etc,tmp,root,usr/bin}
  cp "$work/root/usr/bin/busybox" "$root/bin/busybox"
  for applet in $("$root/bin/busybox" --list); do [ "$applet" = busybox ] || ln -s busybox "$root/bin/$applet"; done
  chmod 1777 "$root/tmp"
  echo 'root:x:0:0:root:/root:/bin/sh' >"$root/etc/passwd"
  echo 'root:x:0:' >"$root/etc/group"
  umount "$work/root"
  pack_layer "$root"
  from_scratch=yes
  image '{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["sh"]}' library/busybox:1.37 library/busybox:1.37.0
}
