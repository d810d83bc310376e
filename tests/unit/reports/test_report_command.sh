#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The report command: what lands where, and what stays when it fails.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
report="$PB_BIN/report_only report"

fail() {
    echo "FAILED: $1"
    exit 1
}

"$PB_BIN/make_journal" "$work" 3 1 5
$report "$work" > "$work/to_stdout"
grep -q "against plumb" "$work/to_stdout" || fail "no text on standard output"
grep -q $'\033' "$work/to_stdout" && fail "colour in a file"

$report "$work" -o "$work/to_file"
cmp "$work/to_stdout" "$work/to_file" || fail "-o writes something else"
echo old > "$work/kept"
status=0
$report "$work" --baseline nobody -o "$work/kept" 2> "$work/error" || status=$?
[ $status -eq 2 ] || fail "an unknown baseline exits $status"
grep -q nobody "$work/error" || fail "the error does not name the baseline"
[ "$(cat "$work/kept")" = old ] || fail "a failed report replaced the old one"
[ ! -e "$work/kept.part" ] || fail "a failed report left its part"

$report "$work" --baseline utoo > "$work/other"
grep -q "against utoo" "$work/other" || fail "--baseline is ignored"
$report "$work" --format html -o "$work/kept"
grep -q "</html>" "$work/kept" || fail "the report did not replace the old one"

mkfifo "$work/pipe"
cat "$work/pipe" > "$work/from_pipe" &
reader=$!
$report "$work" -o "$work/pipe"
wait $reader
[ -p "$work/pipe" ] || fail "a pipe was replaced by a file"
cmp "$work/to_stdout" "$work/from_pipe" || fail "the pipe got something else"

status=0
$report "$work" --format none 2> "$work/error" || status=$?
[ $status -eq 2 ] || fail "an unknown format exits $status"
status=0
$report "$work/nowhere" 2> "$work/error" || status=$?
[ $status -eq 5 ] || fail "a missing journal exits $status"
