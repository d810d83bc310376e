# SPDX-License-Identifier: MIT
# Rounds by the gate's rule: 5, 10 where unclear, 10 more on fresh state before red. The planted
# change is a sleep of 200 ms in a command of some milliseconds, far beyond any machine's noise.
. "$(dirname "$0")/lib.sh"

gate() {
    status=0
    "$PB_BIN/phasebench" gate "$work/out" "$@" >"$work/gate" 2>&1 || status=$?
}
# count ARM screen|confirm ROUND: samples in the journal.
count() {
    if [ "$2" = confirm ]; then pick='"stage":"confirm"'; else pick='"phase"'; fi
    grep '"type":"sample"' "$work/out/journal.jsonl" 2>/dev/null | grep -F "\"arm\":\"$1\"" | grep -F "$pick" |
        { [ "$2" = confirm ] && cat || grep -vF '"stage"'; } | grep -cF "\"round\":$3," || true
}
expect_each_once() { # STAGE LAST
    for arm in base head; do
        for round in $(seq 0 "$2"); do
            [ "$(count $arm "$1" "$round")" -eq 1 ] || fail "$arm $1 round $round: not once"
        done
        [ "$(count $arm "$1" $(($2 + 1)))" -eq 0 ] || fail "$arm $1: more than $2 rounds"
    done
}
expect_slower() {
    expect_each_once screen 10
    expect_each_once confirm 10
    gate
    [ "$status" -eq 1 ] || fail "gate: exit status $status: $(cat "$work/gate")"
    expect_in "$work/gate" "head against base: regression"
    expect_in "$work/gate" "seen, and seen again on fresh state"
}
arms="--arm base=fake --arm head=fake,FAKE_SLEEP_MS=200 --phases p1 --baseline base"

# shellcheck disable=SC2086 # a list of words
bench $arms
expect_status 0
expect_slower
expect_in "$work/out/journal.jsonl" '"candidates":["head"]'
expect_in "$work/log" "slower"

# The budget ends what is beyond the first five; nothing is red then.
rm -rf "$work/out"
# shellcheck disable=SC2086
bench $arms --budget 1ms
expect_status 0
expect_each_once screen 5
[ "$(count head confirm 1)" -eq 0 ] || fail "confirmed without time"
expect_in "$work/out/journal.jsonl" '"budget_used_up"'
gate --accept contaminated
[ "$status" -eq 4 ] || fail "gate: exit status $status: $(cat "$work/gate")"

# Killed while confirming; the rest is done, and nothing twice.
rm -rf "$work/out"
# shellcheck disable=SC2086
"$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" \
    --out "$work/out" $arms >"$work/log" 2>&1 &
pid=$!
for _ in $(seq 900); do
    [ "$(count head confirm 3)" = 1 ] && break
    kill -0 "$pid" 2>/dev/null || fail "the run ended early"
    sleep 0.1
done
kill -KILL "$pid"
wait "$pid" || true
gate --accept contaminated,inconclusive
[ "$status" -eq 3 ] || fail "half confirmed: exit status $status: $(cat "$work/gate")"
expect_in "$work/gate" "the run did not finish"
status=0
"$PB_BIN/phasebench" run --resume "$work/out" >"$work/log" 2>&1 || status=$?
expect_status 0
expect_slower

# What only makes sense with a baseline is refused without.
rm -rf "$work/out"
bench --arm base=fake --arm head=fake --budget 10s
expect_status 2
bench --arm base=fake --arm head=fake --baseline nobody
expect_status 2
