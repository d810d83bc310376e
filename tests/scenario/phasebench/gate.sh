# SPDX-License-Identifier: MIT
# The gate on what is counted, which holds on any machine: one round is enough.
. "$(dirname "$0")/lib.sh"

# gate OPTIONS...: of the folder of the last run. Output in $work/gate, status in $status.
gate() {
    status=0
    "$PB_BIN/phasebench" gate "$work/out" "$@" >"$work/gate" 2>&1 || status=$?
}
# The clock has nothing to say in one round, and a busy machine disturbs.
quiet=inconclusive,contaminated

bench --arm base=fake --arm head=fake,FAKE_MODE=asks_twice --arm same=fake,X=1 \
    --phases p1 --rounds 1
expect_status 0

gate --baseline base --candidate head
[ "$status" -eq 1 ] || fail "gate: exit status $status, expected 1: $(cat "$work/gate")"
expect_in "$work/gate" "head against base: regression"
expect_in "$work/gate" "requests_metadata: more 3 -> 6"

gate --baseline base --candidate same --accept $quiet
[ "$status" -eq 0 ] || fail "gate: exit status $status, expected 0: $(cat "$work/gate")"
gate --baseline base --candidate same --accept contaminated
[ "$status" -eq 4 ] || fail "gate: exit status $status, expected 4: $(cat "$work/gate")"
gate --baseline head --candidate base --accept $quiet
[ "$status" -eq 0 ] || fail "fewer requests: exit status $status: $(cat "$work/gate")"
# All candidates: the worst counts.
gate --baseline base --accept $quiet --format json -o "$work/gate.json"
[ "$status" -eq 1 ] || fail "gate: exit status $status, expected 1"
expect_in "$work/gate.json" '"schema":"phasebench-gate/1"'
expect_in "$work/gate.json" '"candidate":"same"'
gate --baseline base --candidate head --accept "$quiet" --format markdown
expect_in "$work/gate" '| replay | p1\_resolve | requests\_metadata | more |'

printf '{"accept": ["requests_metadata", "requests_metadata_full", "net_rx_bytes"]}' >"$work/rules.json"
gate --baseline base --candidate head --accept $quiet --rules "$work/rules.json"
[ "$status" -eq 0 ] || fail "accepted: exit status $status: $(cat "$work/gate")"
gate --baseline base --candidate head --control p1
[ "$status" -eq 3 ] || fail "nothing is gated: exit status $status: $(cat "$work/gate")"

printf '{\n"accept": ["speed"]}' >"$work/rules.json"
gate --baseline base --rules "$work/rules.json"
[ "$status" -eq 5 ] || fail "bad rules: exit status $status"
expect_in "$work/gate" 'rules.json:2: cannot accept "speed"'
gate
[ "$status" -eq 2 ] || fail "no baseline: exit status $status"
gate --baseline nobody
[ "$status" -eq 2 ] || fail "unknown baseline: exit status $status"
