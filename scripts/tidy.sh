#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# tidy.sh [FILE...]: clang-tidy, by the compile commands of preset dev.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

scripts/setup.sh build test tidy
step "configure dev" configure dev
if [ $# -eq 0 ]; then
    mapfile -t sources < <(scripts/list-files.sh '^(base|installer|fixtures|harness|reports)/.*\.c$')
    set -- "${sources[@]}"
fi
check() { printf '%s\n' "$@" | grep -v '\.bpf\.c$' | xargs -d '\n' -P "$jobs" -n 4 clang-tidy -p build/dev --quiet; }
step "tidy" check "$@"
