# SPDX-License-Identifier: MIT
# The program was built again while it was measured.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

cp "$PB_BIN/fake_manager" "$work/own"
bench --arm "own=fake:$work/own,FAKE_MODE=rebuilt" --phases p1 --rounds 1
expect_status 3
expect_cell own p1 invalid 'binary_unchanged'
expect_reported 'binary_unchanged'
