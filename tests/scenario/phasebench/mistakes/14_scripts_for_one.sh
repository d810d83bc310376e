# SPDX-License-Identifier: MIT
# Lifecycle scripts ran for one manager only: seen by their mark, and by the declared policy.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm off=fake --arm on=fake,FAKE_MODE=runs_scripts --phases p0 --rounds 1
expect_status 3
expect_cell off p0 ok
expect_cell on p0 invalid 'no_script_ran: a lifecycle script left .phasebench-script-ran'
expect_reported 'no_script_ran'

rm -rf "$work/out"
bench --arm off=fake --arm on=fake-scripts --phases p1 --rounds 1
expect_status 0
expect_reported 'policy_equal: scripts: on for on, off for off'
