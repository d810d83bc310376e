# SPDX-License-Identifier: MIT
# A killed run loses at most the sample in flight; --resume does the rest and nothing twice.
. "$(dirname "$0")/lib.sh"

begin() { # starts a slow run in the background, waits until it has some samples
    "$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" \
        --out "$work/out" --arm one=fake,FAKE_MODE=slow --arm two=fake --phases p0,p1 --rounds 2 \
        >"$work/log" 2>&1 &
    pid=$!
    for _ in $(seq 600); do
        [ "$(grep -c '"type":"sample"' "$work/out/journal.jsonl" 2>/dev/null || true)" != "" ] &&
            [ "$(grep -c '"type":"sample"' "$work/out/journal.jsonl" 2>/dev/null || true)" -ge 3 ] && return
        kill -0 "$pid" 2>/dev/null || fail "the run ended early"
        sleep 0.1
    done
    fail "no samples"
}

finish() {
    status=0
    "$PB_BIN/phasebench" run --resume "$work/out" >"$work/log" 2>&1 || status=$?
    expect_status 0
    for phase in p0_full_cold p1_resolve; do
        expect_in "$work/log" "## $phase"
        for arm in one two; do
            for round in 0 1 2; do
                [ "$(samples $arm $phase $round)" -eq 1 ] || fail "$arm $phase round $round: not once"
            done
        done
    done
    expect_in "$work/out/journal.jsonl" '"how":"finished"'
    [ ! -e "$work/out/work" ] || fail "a work folder was left behind"
}

begin
kill -KILL "$pid"
wait "$pid" || true
"$PB_BIN/phasebench" report "$work/out" >"$work/partial" || fail "no report of a killed run"
expect_in "$work/partial" "## p0_full_cold"
# As if the machine had died in the middle of a write.
printf '{"type":"sample","registry":"rep' >>"$work/out/journal.jsonl"
finish
expect_in "$work/out/journal.jsonl" '"resumed"'

rm -rf "$work/out"
begin
kill -INT "$pid"
status=0
wait "$pid" || status=$?
expect_status 130
expect_in "$work/out/journal.jsonl" '"how":"interrupted"'
expect_in "$work/log" "## p0_full_cold"
[ ! -e "$work/out/work" ] || fail "a work folder was left behind"
finish

# Other results must not be mixed into these.
sed -i 's/"rounds":2/"rounds":5/' "$work/out/options.json"
status=0
"$PB_BIN/phasebench" run --resume "$work/out" >"$work/log" 2>&1 || status=$?
expect_status 5
expect_in "$work/log" 'rounds'
