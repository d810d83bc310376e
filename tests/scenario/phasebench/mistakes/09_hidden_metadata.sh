# SPDX-License-Identifier: MIT
# A metadata cache in a place nobody cleared: 1.8 s were reported, 14.6 s true.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm fake=fake,FAKE_MODE=hidden_metadata,FAKE_HIDDEN="$work/hidden" --phases p0 --rounds 1
expect_status 3
[ "$(samples fake p0)" -eq 2 ] || fail "the second sample should be the first warm one"
expect_cell fake p0 invalid 'metadata_fetched'
expect_reported 'metadata_fetched'
