# SPDX-License-Identifier: MIT
# The limit arm beside the reference installer: it does what its plan says, and the reports compare.
. "$(dirname "$0")/lib.sh"

"$PB_BIN/phasebench" synth -o "$work/synthetic" --packages 40 --files 300 >/dev/null
bench --snapshot "$work/synthetic" --arms plumb,limit --rounds 1
expect_status 0
expect_in "$work/log" "the limit arm's plan was made with plumb"
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

# The plan is kept for the next run, and is what an installed project gives.
set -- "$work"/cache/limit-plans/*
[ $# -eq 1 ] || fail "there are $# plans"
kept=$1
serve_snapshot "$work/synthetic"
mkdir "$work/installed" && cp "$work/synthetic/project/package.json" "$work/installed"
(cd "$work/installed" && HOME=$work/installed "$PB_BIN/plumb" install --ignore-scripts \
    --registry "$url" --store "$work/store" --cache "$work/metadata") >"$work/install" 2>&1 ||
    fail "plumb: $(cat "$work/install")"
"$PB_BIN/phasebench-limit" plan "$work/installed" "$work/plan" || fail "no plan"
cmp "$work/plan" "$kept" || fail "the plans differ"
mv "$work/out" "$work/first"
bench --snapshot "$work/synthetic" --arms limit --phases p3 --rounds 1
expect_status 0
! grep -q 'plan was made' "$work/log" || fail "made the plan again"

# What cannot work is refused before anything is measured.
rm -rf "$work/out"
bench --snapshot "$work/synthetic" --phases p3 --rounds 1 \
    --arm "limit=limit,PHASEBENCH_LIMIT_PLAN=$work/nowhere"
expect_status 2
expect_in "$work/log" "$work/nowhere: there is no such file"
[ ! -e "$work/out/journal.jsonl" ] || fail "it began"
rm -rf "$work/out"
bench --arms limit --registry http://127.0.0.1:9/ --phases p3 --rounds 1
expect_status 2
expect_in "$work/log" 'a replayed registry only'
