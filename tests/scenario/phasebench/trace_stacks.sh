# SPDX-License-Identifier: MIT
# Flame graphs of functions, from a run with --trace stacks: names, marks, and no word about what was
# not taken. Needs perf events; without them the loss has its cause and its cure.
. "$(dirname "$0")/lib.sh"

flame() {
    status=0
    (cd "$work" && "$PB_BIN/phasebench" trace --from "$work/out" --arm busy --phase p0 \
        --flame flame) >"$work/log" 2>&1 || status=$?
}

# On a fast machine no wait for the registry is long enough to be sampled.
bench --arm busy=fake,FAKE_MODE=busy,FAKE_SLEEP_MS=50 --phases p0 --rounds 1 --trace stacks
expect_status 0
journal=$work/out/journal.jsonl
if ! "$PB_BIN/phasebench" list probes | grep -q '^stacks .* here '; then
    grep '"kind":"trace_lost"' "$journal" | grep -q 'level stacks: .*: ' || fail "a loss without cure"
    flame
    expect_status 5
    echo "skipped: no samples of stacks here"
    exit 77
fi
grep '"trace":"stacks"' "$journal" | grep '"traced":true' |
    grep -q '"detail":{"cpu":{"file":"trace/[^"]*.cpu.folded","ns":[1-9][0-9]*,"samples":[1-9]' ||
    fail "no stacks in the journal"

flame
expect_status 0
expect_in "$work/log" 'has no timeline' # is told, and no hindrance
[ ! -e "$work/trace.json" ] || fail "a trace without a timeline"
[ ! -e "$work/flame-waits.svg" ] || fail "waits without a timeline"
grep -Eq '^fake_manager;main thread;.*;main;misbehave;be_busy' "$work/flame-cpu.folded" ||
    fail "be_busy is not below its callers"
grep -q '^fake_manager;main thread;' "$work/flame-off-cpu.folded" || fail "no waits"
expect_in "$work/flame-cpu.svg" 'be_busy: '
expect_in "$work/flame-cpu.svg" ' stacks, names for '
# What the run wrote is what the command shows, in another order.
file=$(sed -n 's/.*"detail":{"cpu":{"file":"\([^"]*\)".*/\1/p' "$journal")
sort "$work/out/$file" >"$work/a"
sort "$work/flame-cpu.folded" >"$work/b"
cmp "$work/a" "$work/b" || fail "the command shows other stacks than the run wrote"
