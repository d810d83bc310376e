#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# npm-registry.sh: prints the registry that npm uses on this machine. Where npm is not installed,
# the default is read from the distribution's npm package, which is fetched but not installed:
# npm itself would bring some 400 packages along.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

known=$root/.cache/npm-registry
definitions=./usr/share/nodejs/npm/lib/utils/config/definitions.js

from_npmrc() {
    if [ -f "$HOME/.npmrc" ]; then
        sed -n 's/^[[:space:]]*registry[[:space:]]*=[[:space:]]*//p' "$HOME/.npmrc" | tail -n 1
    fi
}

from_package() {
    local dir
    dir=$(mktemp -d)
    # shellcheck disable=SC2064 # the folder of now is meant
    trap "rm -rf '$dir'" EXIT
    (cd "$dir" && apt-get -q download npm >/dev/null 2>&1) || return 1
    dpkg-deb --fsys-tarfile "$dir"/npm_*.deb | tar -xOf - "$definitions" |
        awk -F "'" "/^define\\('registry'/ { found = 1 } found && /default:/ { print \$2; exit }"
}

if [ -n "${npm_config_registry:-}" ]; then
    url=$npm_config_registry
elif command -v npm >/dev/null; then
    url=$(npm config get registry)
elif url=$(from_npmrc) && [ -n "$url" ]; then
    :
elif [ -s "$known" ]; then
    url=$(<"$known")
else
    url=$(from_package)
    mkdir -p "${known%/*}"
    printf '%s\n' "$url" >"$known"
fi
case $url in
https://* | http://*) say "$url" ;;
*) die "npm-registry: no registry found: set registry= in ~/.npmrc, or npm_config_registry" ;;
esac
