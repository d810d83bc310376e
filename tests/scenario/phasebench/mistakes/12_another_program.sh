# SPDX-License-Identifier: MIT
# The program on PATH was an old one, which ignored the working folder and installed elsewhere.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm "new=fake@9.9.9:$PB_BIN/fake_manager" --phases p1 --rounds 1
expect_status 3
expect_cell new p1 invalid 'is version 1.2.3, asked for was 9.9.9'
expect_reported 'version_as_asked'

make_project
mkdir -p "$work/hidden"
mv "$work/project" "$work/hidden/host"
rm -rf "$work/out"
bench --arm fake=fake,FAKE_MODE=elsewhere,FAKE_HIDDEN="$work/hidden" --phases p0 --rounds 1
expect_status 3
expect_cell fake p0 invalid 'tree_complete'
[ -d "$work/hidden/host/node_modules" ] || fail "nothing was installed elsewhere"
