# SPDX-License-Identifier: MIT
# CI=true freezes lockfiles in some managers: it does not get through, and as a part of an arm it is named.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

CI=true
export CI
bench --arm clean=fake --arm ci=fake,CI=true --phases p0 --rounds 1
expect_status 3
expect_cell clean p0 ok
expect_cell ci p0 failed 'environment_clean'
expect_cell ci p0 failed 'CI=true changes what a manager does'
