#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# format.sh [--check]: clang-format over all C sources. Versions differ in details; 14 decides.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case ${1:-} in
'') mode=(-i) ;;
--check) mode=(--dry-run --Werror) ;;
*) die "format: unknown argument: $1: usage: ./dev format [--check]" ;;
esac
scripts/setup.sh style
formatter=$(command -v clang-format-14 || command -v clang-format) || die "clang-format not found"
"$formatter" --version | grep -q 'version 14\.' ||
    say "--  $("$formatter" --version): details may differ from version 14" >&2
scripts/list-files.sh '\.[ch]$' | xargs -d '\n' -r "$formatter" "${mode[@]}" --
