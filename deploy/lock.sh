#!/bin/sh
# Resolves pyproject.toml anew and writes the two hash-pinned lists that every install uses.
# The lists hold names, versions and hashes only, so that each machine asks the package index it is set up for.
set -eu
cd "$(dirname "$0")/.."
uv lock --upgrade
for kind in run dev; do
  [ "$kind" = dev ] && groups="--group build --group dev" || groups="--group build --no-group dev"
  # shellcheck disable=SC2086
  uv export --quiet --no-emit-project --no-header --no-annotate $groups --output-file "deploy/$kind.lock.txt"
done
rm -f uv.lock
