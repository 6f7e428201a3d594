#!/bin/sh
# Makes .venv hold exactly what deploy/KIND.lock.txt lists ("run" or "dev"); quick when it does already.
set -eu
kind=$1
cd "$(dirname "$0")/.."
lock=deploy/$kind.lock.txt
stamp=.venv/.installed-$kind

say() { printf '%s\n' "$*" >&2; }

fingerprint() { cat "$lock" pyproject.toml | cksum; }

find_python() {
  for name in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
  say "Prebuilt needs Python 3.11 or newer, and found none. Install it (Debian, Ubuntu: apt install python3; Mac: brew install python) and run this again."
  exit 1
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null 2>&1; then sudo -n "$@"; else return 1; fi
}

make_venv() {
  python=$1
  "$python" -m venv --clear .venv 2>/dev/null && return
  say "This Python has no venv module; installing it with apt ..."
  version=$("$python" -c 'import sys; print(f"{sys.version_info[0]}.{sys.version_info[1]}")')
  if command -v apt-get >/dev/null 2>&1 && as_root apt-get update -qq \
    && as_root apt-get install -y -qq "python$version-venv" >/dev/null && "$python" -m venv --clear .venv; then
    return
  fi
  say "Could not make a virtual environment. Install the venv module (Debian, Ubuntu: apt install python3-venv) and run this again."
  exit 1
}

install_with_uv() {
  uv=$(command -v uv || echo .venv/bin/uv)
  [ -x "$uv" ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check uv || return 1
  "$uv" pip install --quiet --compile-bytecode --python .venv/bin/python --require-hashes -r "$lock" \
    && "$uv" pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
}

install_with_pip() {
  .venv/bin/python -m pip install --quiet --require-hashes -r "$lock" \
    && .venv/bin/python -m pip install --quiet --no-deps --no-build-isolation -e .
}

free_kb=$(df -Pk . | awk 'NR == 2 { print $4 }')
if [ "$free_kb" -lt 1500000 ] && [ ! -e "$stamp" ]; then
  say "Prebuilt needs 1.5 GB of free disk for its environment; there are $((free_kb / 1024)) MB. Free some and run this again."
  exit 1
fi

# A "dev" environment holds everything that "run" needs.
[ "$kind" = run ] && [ -e .venv/.installed-dev ] && { kind=dev; lock=deploy/dev.lock.txt; stamp=.venv/.installed-dev; }
if [ -e "$stamp" ] && [ "$(cat "$stamp")" = "$(fingerprint)" ]; then exit 0; fi

python=$(find_python)
[ -x .venv/bin/python ] && .venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv "$python"
say "Installing the locked dependencies ($kind) ..."
if ! install_with_uv && ! install_with_pip; then
  say "The dependencies could not be installed. Check the network and the free disk, then run this again."
  exit 1
fi
fingerprint >"$stamp"
