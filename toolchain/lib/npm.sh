# Fetches npm packages of exactly the versions, and with the checksums, of a lock file in npm/.
export npm_config_cache=$cache/npm npm_config_userconfig=${npm_config_userconfig:-$HOME/.npmrc}
export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false npm_config_loglevel=error

# npm_install NAME: installs npm/NAME into $work/NAME; no script of any package is run
npm_install() {
  cp -r "$toolchain/npm/$1" "$work/$1"
  npm ci --ignore-scripts --prefix "$work/$1"
}
