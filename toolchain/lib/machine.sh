#!/bin/bash
# Process 1 of the engine's namespaces: puts its root together from the parts' layers, moves into it, and runs
# the mirror and the engine there. Whichever of the two ends, ends the machine.
#   machine.sh LAYERS DIRECTORY SOCKET-DIRECTORY RANGE     LAYERS: directories, topmost first, separated by colons
set -euo pipefail
layers=$1 dir=$2 sockets=$3 range=$4
root=$dir/root

# The engine moves mounts, which only works where its root is its mount namespace's own: hence pivot_root, not chroot.
mount --make-rprivate /
rm -rf "$dir/changes" "$dir/overlay"
mkdir -p "$root" "$dir/changes" "$dir/overlay" "$dir/state" "$sockets"
mount -t overlay overlay -o "lowerdir=$layers,upperdir=$dir/changes,workdir=$dir/overlay" "$root"
mkdir -p "$root/var/lib/dagger" "$root/run/dagger" "$root/.old"
mount -t proc proc "$root/proc"
mount --rbind /sys "$root/sys"
mount --rbind /dev "$root/dev"
mount --bind "$dir/state" "$root/var/lib/dagger"
mount --bind "$sockets" "$root/run/dagger"
cp "$dir"/{engine.json,mirror.yml} "$root/etc/dagger/"
cp "$dir/resolv.conf" "$root/etc/resolv.conf"
# The host's own certificate authorities: the engine trusts them, and hands them to every container.
for certificate in /usr/local/share/ca-certificates/*.crt; do
  [ -e "$certificate" ] || continue
  cp "$certificate" "$root/usr/local/share/ca-certificates/"
  { echo; cat "$certificate"; } >>"$root/etc/ssl/certs/ca-certificates.crt"
done
cd "$root"
pivot_root . .old
cd /
umount -l /.old

digest=$(cat /usr/local/share/dagger/typescript-sdk.digest)
environment=(PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DO_NOT_TRACK=1
  DAGGER_TYPESCRIPT_SDK_MANIFEST_DIGEST="$digest" SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || environment+=("$name=${!name}")
done

env -i "${environment[@]}" OTEL_TRACES_EXPORTER=none registry serve /etc/dagger/mirror.yml &
mirror=$!
until (: </dev/tcp/127.0.0.1/5000) 2>/dev/null; do kill -0 $mirror || exit 1; sleep 0.05; done
env -i "${environment[@]}" dagger-engine --root /var/lib/dagger --network-name ww --network-cidr "$range" --oci-cni-pool-size 16 &
engine=$!

stopping=""
trap 'stopping=yes; kill -TERM $engine 2>/dev/null' TERM INT
code=0
wait -n $mirror $engine || code=$?
# The engine writes down what it has before it ends; the caller's patience is the limit.
if [ -n "$stopping" ]; then wait $engine || :; exit 0; fi
if kill -0 $engine 2>/dev/null; then echo "the mirror ended with code $code"; else echo "the engine ended with code $code"; fi
exit 1
