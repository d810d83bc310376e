# SPDX-License-Identifier: MIT
# One manager installed more packages: a bug was read as a performance gap.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm usual=fake --arm more=fake,FAKE_MODE=extra --phases p0 --rounds 1 --seed 1
expect_status 0
for format in text markdown html json work; do
    "$PB_BIN/phasebench" report "$work/out" --baseline usual --format $format | tr -d '\\' >"$work/report"
    expect_in "$work/report" 'same_work: the trees differ: more 4 packages, usual 3 packages'
done
"$PB_BIN/phasebench" report "$work/out" --baseline usual --format work >"$work/report"
expect_in "$work/report" '+ delta@1.0.0'
! grep -q '^- ' "$work/report" || fail "nothing is missing"
