#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The checks beside this file find what they are for: each is run on a small bad tree.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
failures=0

fresh_tree() {
    rm -rf "$tree"
    mkdir -p "$tree"/{base,installer,fixtures,harness/cli,reports,scripts}
    cp "$here"/../../scripts/{common,list-files}.sh "$tree/scripts/"
    cp "$here/../../.shellcheckrc" "$tree/"
    echo 'int base;' >"$tree/base/base.h"
    echo 'int plumb;' >"$tree/installer/plumb.h"
    echo 'int report;' >"$tree/reports/report.h"
    printf '#include "base/base.h"\n#include "other.h"\n' >"$tree/harness/a.c"
    echo 'int other;' >"$tree/harness/other.h"
    printf '#include "reports/report.h"\n' >"$tree/harness/cli/main.c"
}

# expect CHECK 0|1 WHAT
expect() {
    local status=0 output
    output=$(bash "$here/check_$1.sh" "$tree" 2>&1) || status=$?
    if [ "$status" -ne "$2" ]; then
        printf 'check_%s: %s: status %d instead of %d:\n%s\n' "$1" "$3" "$status" "$2" "$output"
        failures=$((failures + 1))
    fi
}

fresh_tree
expect includes 0 "a clean tree"
expect names 0 "a clean tree"

echo '#include "installer/plumb.h"' >>"$tree/harness/a.c"
expect includes 1 "the harness includes the installer"
fresh_tree
echo '#include "../harness/other.h"' >"$tree/base/b.c"
expect includes 1 "base includes the harness by a relative path"
fresh_tree
echo '#include "reports/report.h"' >>"$tree/harness/a.c"
expect includes 1 "the harness includes reports outside its cli"
fresh_tree
echo 'target_link_libraries(pb_run PRIVATE pl_core)' >"$tree/harness/CMakeLists.txt"
expect includes 1 "the harness links the installer"

for word in "https://registry.some""where.org/x" "registry.np""mjs.org" "the np""mmirror host" \
    "/ho""me/alice/x" "see /ro""ot/.npmrc" '"/wo''rk/main/a"'; do
    fresh_tree
    printf '%s\n' "$word" >"$tree/base/note.txt"
    expect names 1 "$word"
done
for word in "https://registry.example/x" "http://registry.example.com" "http://127.0.0.1:80" \
    "network/wo""rk/x" "\$dir/wo""rk/x" "docs.of.npm"; do
    fresh_tree
    printf '%s\n' "$word" >"$tree/base/note.txt"
    expect names 0 "$word"
done

if command -v shellcheck >/dev/null; then
    fresh_tree
    expect shell 0 "clean scripts"
    # shellcheck disable=SC2016 # the unquoted variable is the mistake to be found
    printf '#!/bin/sh\nrm $1\n' >"$tree/bad"
    expect shell 1 "an unquoted variable"
fi
fresh_tree
cp "$here/../../.clang-format" "$tree/"
status=0
bash "$here/check_format.sh" "$tree" >/dev/null || status=$?
if [ "$status" -ne 77 ]; then
    expect format 0 "formatted sources"
    echo 'int  base ;' >"$tree/base/base.h"
    expect format 1 "a source that is not formatted"
fi
exit "$((failures > 0))"
