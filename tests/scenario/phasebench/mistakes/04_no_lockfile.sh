# SPDX-License-Identifier: MIT
# A setting switched lockfiles off: the phases that need one measure something else.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm fake=fake,FAKE_MODE=no_lock --phases p0,p3 --rounds 1
expect_status 3
expect_cell fake p0 invalid 'lock_written: no lockfile was written'
expect_cell fake p3 seed-failed 'wrote no lockfile'
expect_reported 'lock_written'
