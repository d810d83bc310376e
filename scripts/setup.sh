#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# setup.sh [GROUP...]: installs the missing packages of these groups (default: build). Does not
# touch the network when nothing is missing.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

packages_of() {
    local group
    for group in "$@"; do
        awk -v g="$group" '$1 == g { print $2 }' scripts/packages
    done | sort -u
}

missing_of() {
    local package
    for package in "$@"; do
        # A package can be known but removed; only "installed" counts. t64 is how Ubuntu 24.04
        # renames libraries; -dev packages keep their names.
        dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed ||
            echo "$package"
    done
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        env DEBIAN_FRONTEND=noninteractive "$@"
    else
        sudo env DEBIAN_FRONTEND=noninteractive "$@"
    fi
}

apt_get() { as_root apt-get -q -y -o DPkg::Lock::Timeout=300 "$@"; }

mapfile -t wanted < <(packages_of "${@:-build}")
[ "${#wanted[@]}" -gt 0 ] || die "no such group: $*: see scripts/packages"
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    say "--  set-up skipped: no apt here; this needs the equivalents of: ${wanted[*]}"
    exit 0
fi
mapfile -t missing < <(missing_of "${wanted[@]}")
[ "${#missing[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
        die "packages are missing and there is no sudo: as root run: apt-get install ${missing[*]}"
    say "Installing ${#missing[@]} system packages needs root: ${missing[*]}"
    sudo -v || die "cannot become root: as root run: apt-get install ${missing[*]}"
fi
step "read package lists" apt_get update
step "install ${#missing[@]} packages" apt_get install --no-install-recommends "${missing[@]}"
