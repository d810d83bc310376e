# SPDX-License-Identifier: MIT
# One of three samples failed; the survivors must not be averaged.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm good=fake --arm flaky=fake,FAKE_MODE=flaky,FAKE_HIDDEN="$work/hidden" --phases p1 --rounds 4
expect_status 3
[ "$(samples flaky p1)" -eq 3 ] || fail "two good samples, then a failed one expected"
expect_cell flaky p1 failed 'exit_zero: exit code 1'
expect_reported 'exit_zero'
"$PB_BIN/phasebench" report "$work/out" --format hyperfine >"$work/report"
[ "$(grep -c '"times"' "$work/report")" -le 1 ] || fail "survivors were averaged"
"$PB_BIN/phasebench" report "$work/out" --format benchfmt | grep -q 'pm=flaky' && fail "survivors have figures"

# A row that is gone altogether.
grep -v '"arm":"good".*"round":2' "$work/out/journal.jsonl" >"$work/hole" && mv "$work/hole" "$work/out/journal.jsonl"
expect_reported 'rows_complete: round 2 of 4 is missing'
