# SPDX-License-Identifier: MIT
# A tarball cache in an undeclared place was not cleared for a year.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm fake=fake,FAKE_MODE=hidden_store,FAKE_HIDDEN="$work/hidden" --phases p3 --rounds 1
expect_status 3
expect_cell fake p3 invalid 'tarballs_fetched: no tarball was fetched: not cold'
expect_reported 'tarballs_fetched'
