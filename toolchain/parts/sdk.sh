# The TypeScript SDK that the engine finds in its built-in content, under a manifest digest.
needs="engine"
uses="npm/sdk sdk lib/npm.sh lib/layer.sh"
packages="jq npm ca-certificates"
seconds=45 megabytes=700

build() {
  . "$toolchain/lib/npm.sh"
  . "$toolchain/lib/layer.sh"
  npm_install sdk
  local sdk=$work/content modules=$work/sdk/node_modules library
  library=$modules/@dagger.io/dagger/dist/src
  mkdir -p "$sdk"/{bundled_lib,introspector/node_modules,tsx/node_modules}
  cp "$toolchain"/sdk/lib/*.ts "$sdk/bundled_lib/"
  cp -r "$toolchain/sdk/entrypoint.ts" "$toolchain/sdk/runtime" "$toolchain/sdk/bin" "$sdk/"
  bundle "$library/index.js" "$sdk/bundled_lib/core.js"
  bundle "$library/module/entrypoint/introspection_entrypoint.js" "$sdk/introspector/introspector.mjs"
  cp -r "$modules/typescript" "$sdk/introspector/node_modules/"
  cp -r "$modules/typescript" "$sdk/typescript-library"
  # tsx with what it needs: its compiler, and the reader of tsconfig.json files.
  mkdir -p "$sdk/tsx/node_modules/@esbuild"
  cp -r "$modules"/{tsx,esbuild,get-tsconfig,resolve-pkg-maps} "$sdk/tsx/node_modules/"
  cp -r "$modules/@esbuild/linux-x64" "$sdk/tsx/node_modules/@esbuild/"
  cp "$(output engine)/helpers/codegen" "$sdk/codegen"
  pack_layer "$sdk"
  from_scratch=yes
  image '{"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]}' typescript-sdk
  local content=$out/root/usr/local/share/dagger/content/blobs
  mkdir -p "$content"
  mv "$out/blobs" "$content/sha256"
  awk '{ print "sha256:" $2 }' "$out/names" >"$out/root/usr/local/share/dagger/typescript-sdk.digest"
}

# bundle ENTRY FILE: one file of the module and all that it imports, but for the TypeScript compiler
bundle() {
  "$modules/@oven/bun-linux-x64-baseline/bin/bun" build "$1" --external=typescript --target=node --outfile "$2"
}
