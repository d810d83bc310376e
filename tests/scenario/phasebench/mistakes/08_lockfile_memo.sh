# SPDX-License-Identifier: MIT
# The deleted lockfile came back from a memo: "resolve" never resolved.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm fake=fake,FAKE_MODE=lock_memo,FAKE_HIDDEN="$work/hidden" --phases p1 --rounds 1
expect_status 3
expect_cell fake p1 invalid 'metadata_fetched: no metadata was fetched: not cold'
expect_reported 'metadata_fetched'
