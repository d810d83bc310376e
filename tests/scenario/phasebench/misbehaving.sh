# SPDX-License-Identifier: MIT
# Every way to be wrong shows its reason, and costs only its own cells.
. "$(dirname "$0")/lib.sh"

arms=
for mode in crash exit_7 no_lock wrong_lock changed_lock warm_downloads fetch_twice incomplete stray miss \
    random_tree resolve_installs hang; do
    arms="$arms --arm $mode=fake,FAKE_MODE=$mode"
done
bench --arm good=fake $arms --arm hidden=fake,FAKE_MODE=hidden_store,FAKE_HIDDEN="$work/hidden" --arm only=fake-install-only \
    --rounds 1 --timeout 1s
expect_status 3
for phase in p0 p1 p3 p4; do
    expect_cell good $phase ok
    [ "$(samples good $phase)" -eq 2 ] || fail "good $phase lost a sample"
done

expect_cell crash p0 failed 'exit_zero: ended by signal 11'
expect_cell crash p3 seed-failed 'signal 11'
expect_cell exit_7 p0 failed 'exit_zero: exit code 7'
expect_in "$work/out/journal.jsonl" 'the reason is said last'
expect_cell no_lock p0 invalid 'lock_written: no lockfile was written'
expect_cell no_lock p3 seed-failed 'wrote no lockfile'
expect_cell wrong_lock p0 invalid 'lock_written'
expect_cell changed_lock p3 invalid 'lock_unchanged: the lockfile was changed'
expect_cell warm_downloads p3 ok
expect_cell warm_downloads p4 invalid 'no_tarball_fetched: 3 tarballs'
expect_cell fetch_twice p3 invalid 'every_tarball_once: 3 tarballs'
expect_cell incomplete p0 invalid 'tree_complete: gamma of the project is not in node_modules'
expect_cell stray p0 invalid 'no_strays: 1 processes'
expect_cell miss p0 invalid 'no_registry_miss'
expect_in "$work/out/journal.jsonl" 'no-such-package-anywhere'
expect_cell random_tree p0 invalid 'tree_complete: the tree'
expect_cell resolve_installs p1 invalid 'no_node_modules: 3 packages'
expect_cell hang p0 failed 'not_timed_out'
expect_cell hidden p0 invalid 'tarballs_fetched: no tarball was fetched: not cold'
expect_cell only p1 unsupported 'it always installs'
expect_cell only p4 ok

# A dead arm is not measured again.
[ "$(samples crash p0)" -eq 1 ] || fail "crash was tried again"
# Its reason is in the table, its time is not.
expect_in "$work/log" 'exit code 7'
