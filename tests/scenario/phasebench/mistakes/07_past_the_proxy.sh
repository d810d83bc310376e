# SPDX-License-Identifier: MIT
# Tarballs came from another server than the recorded registry. A private network has no other.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

"$PB_BIN/phasebench" serve "$work/snapshot" --port 0 >"$work/served" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; clean' EXIT
for _ in $(seq 100); do
    url=$(sed -n 's/.* at //p' "$work/served")
    [ -z "$url" ] || break
    sleep 0.1
done
[ -n "$url" ] || fail "the server did not start"
bench --arm fake=fake,FAKE_MIRROR="$url" --phases p3 --rounds 1 --netns off
expect_status 3
expect_cell fake p3 invalid 'packages_from_registry: the tree has 3 packages but only 2 tarballs'
expect_reported 'packages_from_registry'
