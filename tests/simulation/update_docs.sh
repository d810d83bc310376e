#!/bin/sh
# SPDX-License-Identifier: MIT
# Runs the simulation and puts its tables into docs/verdict.md.
#   update_docs.sh BUILD_DIR      the simulation's exit status
set -eu
build=$(cd "$1" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
docs=$here/../../docs/verdict.md
tables=$(mktemp)
trap 'rm -f "$tables" "$tables.docs"' EXIT
status=0
"$build/bin/gate_simulation" 20000 "$here"/measured_*.csv >"$tables" || status=$?
[ "$status" -lt 2 ] || exit "$status"
grep FAILED "$tables" || true
awk -v tables="$tables" '
    function put(first,   line, on) {
        while ((getline line <tables) > 0) {
            if (index(line, first) == 1) on = 1
            else if (on && line !~ /^\|/) on = 0
            if (on) print line
        }
        close(tables)
    }
    /^\| noise \| true change/ { put("| noise |"); skip = 1 }
    /^\| pairs \| stated level/ { put("| pairs |"); skip = 1 }
    skip && !/^\|/ { skip = 0 }
    !skip
' "$docs" >"$tables.docs"
cat "$tables.docs" >"$docs"
exit "$status"
