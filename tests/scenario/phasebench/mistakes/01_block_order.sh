# SPDX-License-Identifier: MIT
# Arms measured in blocks, one after the other: what the machine does meanwhile looks like a
# difference. The run takes turns; a journal that does not (here: edited) has no comparisons.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm one=fake --arm two=fake --phases p1 --rounds 2
expect_status 0
"$PB_BIN/phasebench" report "$work/out" >"$work/report"
! grep -q rounds_interleaved "$work/report" || fail "rounds in turn were called blocks"
sed -i '/"arm":"two"/s/"started_wallclock_ns":1/"started_wallclock_ns":2/' "$work/out/journal.jsonl"
expect_reported 'rounds_interleaved: all its samples were taken after all of one'
"$PB_BIN/phasebench" report "$work/out" --format json | grep -q '"verdict":"invalid"' || fail "a verdict all the same"
