# SPDX-License-Identifier: MIT
# One manager fetched full metadata because of a release-age rule that the others do not have: said
# when its file declares the rule, and when only the registry sees what is asked for.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm off=fake --arm aged=fake-aged --phases p1 --rounds 1
expect_status 0
expect_reported 'policy_equal: release age: on for aged, off for off'

rm -rf "$work/out"
bench --arm full=fake --arm short=fake,FAKE_MODE=abbreviated --phases p1 --rounds 1
expect_status 0
for format in text markdown html json; do
    "$PB_BIN/phasebench" report "$work/out" --format $format | tr -d '\\' >"$work/report"
    expect_in "$work/report" 'same_metadata_form: metadata fetched as full documents, not abbreviated ones: full 3 of 3, short 0 of 3'
done

# The same habit in all arms is no difference.
rm -rf "$work/out"
bench --arm full=fake --arm too=fake,FAKE_MODE=asks_twice --phases p1 --rounds 1
expect_status 0
! grep -q same_metadata_form "$work/log" || fail "a difference is told where there is none"
