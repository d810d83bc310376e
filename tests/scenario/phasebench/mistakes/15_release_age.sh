# SPDX-License-Identifier: MIT
# One manager fetched full metadata because of a release-age rule that the others do not have.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm off=fake --arm aged=fake-aged --phases p1 --rounds 1
expect_status 0
expect_reported 'policy_equal: release age: on for aged, off for off'
