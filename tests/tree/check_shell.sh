#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_shell.sh ROOT: every shell script passes shellcheck.
set -euo pipefail
cd "$1"
if ! command -v shellcheck >/dev/null; then
    echo "skipped: shellcheck is not installed"
    exit 77
fi
mapfile -t scripts < <(scripts/list-files.sh | while IFS= read -r file; do
    head -c 64 -- "$file" | head -n 1 | grep -aqE '^#!.*\b(ba)?sh\b' && printf '%s\n' "$file"
    true
done)
[ "${#scripts[@]}" -gt 0 ] || { echo "no script was seen: wrong folder?" && exit 1; }
shellcheck "${scripts[@]}"
echo "${#scripts[@]} scripts"
