# Python 3.13 and venv as Debian has them, under the names that the usual image gives them.
needs="base"
uses="lib/debian.sh lib/layer.sh"
packages="jq"
seconds=30 megabytes=200

build() {
  . "$toolchain/lib/debian.sh"
  . "$toolchain/lib/layer.sh"
  on_base
  install_on_base python3 python3-venv python3-pip
  ln -s /usr/bin/python3 "$work/root/usr/local/bin/python"
  ln -s /usr/bin/python3 "$work/root/usr/local/bin/python3"
  # Debian lets pip install only into virtual environments; the usual image has no such rule.
  rm -f "$work"/root/usr/lib/python3.*/EXTERNALLY-MANAGED
  pack_changes
  image '{"Env": ["PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"], "Cmd": ["python3"]}' \
    library/python:3.13 library/python:3.13-slim
}
