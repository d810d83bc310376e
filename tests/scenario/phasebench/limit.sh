# SPDX-License-Identifier: MIT
# The limit arm beside the reference installer: it does what its plan says, and the reports compare.
. "$(dirname "$0")/lib.sh"

"$PB_BIN/phasebench" synth -o "$work/synthetic" --packages 40 --files 300 >/dev/null
# An installed project to plan from: what a kept run left of a cold install.
bench --snapshot "$work/synthetic" --arms plumb --phases p3 --rounds 1 --keep
expect_status 0
installed=$(find "$work/out" -path '*/node_modules/.package-lock.json' | head -n 1)
[ -n "$installed" ] || fail "no installed project was kept"
"$PB_BIN/phasebench-limit" plan "${installed%/node_modules/*}" "$work/plan" || fail "no plan"
rm -rf "$work/out"

bench --snapshot "$work/synthetic" --arms plumb --arm "limit=limit,PHASEBENCH_LIMIT_PLAN=$work/plan" \
    --rounds 1
expect_status 0
for phase in p0_full_cold p1_resolve p3_cold_install p4_warm_link; do
    expect_cell limit $phase ok
done
expect_in "$work/log" "x limit"
trees=$(grep '"type":"sample"' "$work/out/journal.jsonl" | grep -v '"phase":"p1' |
    sed 's/.*"tree_digest":"\([0-9a-f]*\)".*/\1/' | sort -u | wc -l)
[ "$trees" -eq 1 ] || fail "$trees different trees"

# Without a plan it says what is missing.
if "$PB_BIN/phasebench-limit" resolve --registry http://127.0.0.1:9/ 2>"$work/refused"; then
    fail "resolved without a plan"
fi
expect_in "$work/refused" "phasebench-limit plan"
