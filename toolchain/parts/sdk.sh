# The TypeScript SDK that the engine finds in its built-in content, under a manifest digest.
needs="engine"
uses="npm/sdk sdk lib/npm.sh lib/layer.sh"
packages="jq npm ca-certificates"
seconds=30 megabytes=400

build() {
  . "$toolchain/lib/npm.sh"
  . "$toolchain/lib/layer.sh"
  npm_install sdk
  local sdk=$work/content from=$work/sdk modules=$work/sdk/node_modules
  mkdir -p "$sdk"/introspector/node_modules
  cp -r "$toolchain/sdk/runtime" "$toolchain/sdk/bin" "$sdk/"
  cp -r "$toolchain/sdk/lib" "$sdk/bundled_lib"
  cp "$toolchain"/sdk/*.js "$from/"
  bundle core.js "$sdk/bundled_lib/core.js" --alias:typescript=./no-compiler.js --minify-whitespace --minify-syntax
  bundle "$modules/@dagger.io/dagger/dist/src/module/entrypoint/introspection_entrypoint.js" "$sdk/introspector/introspector.mjs" --external:typescript
  cp -r "$modules/typescript" "$sdk/introspector/node_modules/"
  cp "$modules/@esbuild/linux-x64/bin/esbuild" "$sdk/bin/"
  cp "$(output engine)/helpers/codegen" "$sdk/codegen"
  pack_layer "$sdk"
  from_scratch=yes
  image '{"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]}' typescript-sdk
  local content=$out/root/usr/local/share/dagger/content/blobs
  mkdir -p "$content"
  mv "$out/blobs" "$content/sha256"
  awk '{ print "sha256:" $2 }' "$out/names" >"$out/root/usr/local/share/dagger/typescript-sdk.digest"
}

# bundle ENTRY FILE OPTION...: one file of the module and all that it imports
bundle() {
  local require='import { createRequire } from "node:module"; const require = createRequire(import.meta.url)'
  (cd "$from" && node_modules/@esbuild/linux-x64/bin/esbuild "$1" --bundle --platform=node --format=esm --target=node24 --log-level=warning \
    "--banner:js=$require" "--outfile=$2" "${@:3}")
}
