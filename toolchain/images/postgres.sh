# PostgreSQL 17 as Debian has it, without its just-in-time compiler (LLVM), with the usual image's variables.
needs="base"
uses="lib/debian.sh lib/layer.sh images/postgres"
packages="jq"
seconds=45 megabytes=700

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  on_base
  local root=$work/root version=17
  in_root "$root" groupadd --system --gid 999 postgres
  in_root "$root" useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/bash postgres
  mkdir -p "$root/etc/postgresql-common"
  echo 'create_main_cluster = false' >"$root/etc/postgresql-common/createcluster.conf"
  install_on_base postgresql-$version locales
  in_root "$root" localedef --inputfile en_US --charmap UTF-8 en_US.UTF-8
  rm -rf "$root"/usr/lib/x86_64-linux-gnu/libLLVM* "$root"/usr/lib/llvm* \
    "$root/usr/lib/postgresql/$version/lib/"llvmjit* "$root/usr/lib/postgresql/$version/lib/bitcode"
  sed -i "s/^#\?listen_addresses = .*/listen_addresses = '*'/; s/^#\?jit = .*/jit = off/" "$root/usr/share/postgresql/$version/postgresql.conf.sample"
  install -d -m 1777 -o 999 -g 999 "$root/var/lib/postgresql/data" "$root/var/run/postgresql"
  install -d "$root/docker-entrypoint-initdb.d"
  install -m 755 "$toolchain/images/postgres/entrypoint" "$root/usr/local/bin/docker-entrypoint.sh"
  pack_changes
  image '{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/lib/postgresql/17/bin", "LANG=en_US.utf8", "PG_MAJOR=17", "PGDATA=/var/lib/postgresql/data"],
    "Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["postgres"], "ExposedPorts": {"5432/tcp": {}}, "StopSignal": "SIGINT"}' \
    library/postgres:17 library/postgres:17-$DEBIAN_SUITE
}
