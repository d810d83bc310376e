# SPDX-License-Identifier: MIT
# A manager that leaves the registry is caught in the private network, with and without privilege;
# where there can be none, the run says so.
. "$(dirname "$0")/lib.sh"

unshare --user --map-user=1000 --map-group=1000 --net true 2>/dev/null ||
    { echo "skipped: user and network namespaces are not permitted here" && exit 77; }

caught() { # the last run has an arm that leaves and one that does not
    expect_status 3
    expect_in "$work/out/journal.jsonl" '"isolation":{"network":"private: '
    expect_cell stays p0 ok
    expect_cell leaves p0 invalid 'nothing_outside: '
    expect_in "$work/log" 'tcp 203.0.113.7:443'
    expect_in "$work/log" 'dns registry.example'
    expect_in "$work/out/report.html" 'Isolation: network'
    grep -q '"arm":"stays".*"requests_tarball":3' "$work/out/journal.jsonl" || fail "the registry counts nothing"
}

arms='--arm leaves=fake,FAKE_MODE=leaves --arm stays=fake'
bench $arms --phases p0 --rounds 1 --netns on
caught

# As a user without any privilege.
rm -rf "$work/out"
status=0
unshare --user --map-user=1000 --map-group=1000 \
    "$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" --linger 300ms \
    --out "$work/out" $arms --phases p0 --rounds 1 >"$work/log" 2>&1 || status=$?
caught

# Where no network namespace can be made: automatic goes on and says why, "on" does not.
without_namespaces() {
    status=0
    unshare --user --map-root-user sh -c 'echo 0 >/proc/sys/user/max_net_namespaces && exec "$@"' - \
        "$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" \
        --out "$work/out" --arm stays=fake --phases p0 --rounds 1 "$@" >"$work/log" 2>&1 || status=$?
}
rm -rf "$work/out"
without_namespaces
expect_status 0
expect_in "$work/out/journal.jsonl" "\"isolation\":{\"network\":\"the machine's: make a private network"
expect_in "$work/log" 'would not be noticed'
rm -rf "$work/out"
without_namespaces --netns on
expect_status 5
expect_in "$work/log" 'make a private network namespace: '
[ ! -s "$work/out/journal.jsonl" ] || fail "a journal was begun"

# Samples of both kinds are not mixed in one result folder.
bench --arm stays=fake --phases p0 --rounds 1 --netns off
expect_status 0
expect_in "$work/out/journal.jsonl" "the machine's: as asked for"
sed -i 's/"netns":"off"/"netns":"on"/' "$work/out/options.json"
status=0
"$PB_BIN/phasebench" run --resume "$work/out" >"$work/log" 2>&1 || status=$?
expect_status 5
expect_in "$work/log" 'kept apart'
