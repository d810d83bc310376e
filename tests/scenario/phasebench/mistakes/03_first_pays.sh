# SPDX-License-Identifier: MIT
# The first command pays for everything that is cold outside of it: only the warm-up round may.
. "$PB_SRC/tests/scenario/phasebench/lib.sh"

bench --arm fake=fake,FAKE_MODE=first_costs,FAKE_HIDDEN="$work/hidden" --phases p1 --rounds 2
expect_status 0
grep '"round":0' "$work/out/journal.jsonl" | grep -q '"requests_metadata":6' || fail "the first did not pay"
"$PB_BIN/phasebench" report "$work/out" --format csv | grep 'requests_metadata' >"$work/counted"
[ "$(grep -c 'requests_metadata,count,3,' "$work/counted")" -eq 2 ] || fail "what the first paid was counted: $(cat "$work/counted")"
grep -v '"round":0' "$work/out/journal.jsonl" >"$work/cold" && mv "$work/cold" "$work/out/journal.jsonl"
expect_reported 'warmed_up: it was measured without a warm-up round'
