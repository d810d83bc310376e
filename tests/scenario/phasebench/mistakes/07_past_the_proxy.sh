# SPDX-License-Identifier: MIT
# Tarballs came from another server than the recorded registry. A private network has no other.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

serve_snapshot
bench --arm fake=fake,FAKE_MIRROR="$url" --phases p3 --rounds 1 --netns off
expect_status 3
expect_cell fake p3 invalid 'packages_from_registry: the tree has 3 packages but only 2 tarballs'
expect_reported 'packages_from_registry'
