#!/bin/sh
# SPDX-License-Identifier: MIT
# Counts the instructions of the installer's hot parts with callgrind and compares them with
# instructions.txt: a guard against doing much more work than before, free of clocks.
# --record prints the file's lines anew.
set -eu
: "${PB_BIN:?}" "${PB_SRC:?}"
command -v valgrind >/dev/null || { echo "skipped: valgrind is not installed"; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Instructions of a program run to its end.
instructions() {
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$@" 2>"$work/log" || {
        tail -n 5 "$work/log" >&2
        return 1
    }
    sed -n 's/.*refs: *//p' "$work/log" | tr -d ,
}

# One more time of the work costs this much: the start of the program is left out.
per_time() {
    once=$(instructions "$PB_BIN/count_work" "$1" 1)
    thrice=$(instructions "$PB_BIN/count_work" "$1" 3)
    echo $(((thrice - once) / 2))
}

status=0
while read -r part recorded; do
    case $part in '#'* | '') continue ;; esac
    now=$(per_time "$part")
    if [ "${1:-}" = --record ]; then
        echo "$part $now"
    elif [ "$now" -gt $((recorded * 3 / 2)) ]; then
        echo "$part: $now instructions, recorded were $recorded: more than half as much again"
        status=1
    else
        echo "$part: $now instructions, $recorded recorded"
    fi
done <"$PB_SRC/tests/bench/instructions.txt"
exit $status
