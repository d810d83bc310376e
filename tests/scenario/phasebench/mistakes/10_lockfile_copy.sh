# SPDX-License-Identifier: MIT
# A copy of the lockfile in a hidden folder of the project kept resolution warm.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

make_project
mkdir "$work/project/.fake"
for name in alpha beta gamma; do
    echo "$name 1.0.0 http://127.0.0.1:1/$name/-/$name-1.0.0.tgz"
done >"$work/project/.fake/memo.lock"
bench "$work/project" --arm fake=fake,FAKE_MODE=lock_copy --phases p1 --rounds 1
expect_status 3
expect_cell fake p1 invalid 'metadata_fetched: no metadata was fetched: not cold'
expect_reported 'metadata_fetched'
