# SPDX-License-Identifier: MIT
# A run in two shards, as two jobs would do it, put together and judged as one.
. "$(dirname "$0")/lib.sh"

"$PB_BIN/phasebench" shard 2 --phases p1,p3,p4 >"$work/shards"
[ "$(wc -l <"$work/shards")" -eq 2 ] || fail "not two shards"
n=0
while read -r options; do
    n=$((n + 1))
    # shellcheck disable=SC2086 # several options
    bench --arm one=fake --arm two=fake,FAKE_MODE=none --rounds 2 $options
    expect_status 0
    mv "$work/out" "$work/shard$n"
done <"$work/shards"

status=0
"$PB_BIN/phasebench" merge --out "$work/out" "$work/shard1" "$work/shard2" >"$work/log" 2>&1 || status=$?
expect_status 0
for phase in p1_resolve p3_cold_install p4_warm_link; do
    expect_in "$work/log" "## $phase"
    expect_cell one $phase ok
    [ "$(samples two $phase)" -eq 3 ] || fail "$phase: a warm-up and two rounds expected"
done
expect_in "$work/out/report.md" "p4_warm_link"
"$PB_BIN/phasebench" gate "$work/out" --candidate two --baseline one >"$work/gate" 2>&1 || status=$?
[ "$status" -ne 5 ] && [ "$status" -ne 2 ] || fail "the gate does not take a merged folder: $(cat "$work/gate")"

# A job that was done twice, and one of another program.
status=0
"$PB_BIN/phasebench" merge --out "$work/none" "$work/shard1" "$work/shard1" >"$work/log" 2>&1 || status=$?
expect_status 5
expect_in "$work/log" "given twice"
[ ! -e "$work/none/journal.jsonl" ] || fail "a refused merge left a journal"
sed -i 's/"binary_sha256":"[^"]*"/"binary_sha256":"beef"/' "$work/shard2/journal.jsonl"
status=0
"$PB_BIN/phasebench" merge --out "$work/none" "$work/shard1" "$work/shard2" >"$work/log" 2>&1 || status=$?
expect_status 5
expect_in "$work/log" "another program of one"
