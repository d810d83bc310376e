# SPDX-License-Identifier: MIT
# What an earlier run left was there: the "already installed" path was timed.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

make_project
mkdir "$work/project/.fake-store"
: >"$work/project/.fake-store/left@1.0.0.tgz"
bench "$work/project" --arms fake-in-project --phases p0 --rounds 1
expect_status 3
expect_cell fake-in-project p0 invalid 'before_state: metadata cache present before the sample, declared absent'
expect_reported 'before_state'
