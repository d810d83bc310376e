#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_format.sh ROOT: the C sources are as clang-format 14 leaves them.
set -euo pipefail
cd "$1"
formatter=$(command -v clang-format-14 || command -v clang-format || true)
if [ -z "$formatter" ] || ! "$formatter" --version | grep -q 'version 14\.'; then
    echo "skipped: clang-format 14 is not installed; other versions differ in details"
    exit 77
fi
mapfile -t sources < <(scripts/list-files.sh '\.[ch]$')
[ "${#sources[@]}" -gt 0 ] || { echo "no source was seen: wrong folder?" && exit 1; }
"$formatter" --dry-run --Werror -- "${sources[@]}"
echo "${#sources[@]} sources"
