# SPDX-License-Identifier: MIT
# The reference installer through the default phases, on a small synthetic registry.
. "$(dirname "$0")/lib.sh"

"$PB_BIN/phasebench" synth -o "$work/synthetic" --packages 40 --files 300 >/dev/null
bench --snapshot "$work/synthetic" --arms plumb --rounds 1
expect_status 0
for phase in p0_full_cold p1_resolve p3_cold_install p4_warm_link; do
    expect_cell plumb $phase ok
    [ "$(samples plumb $phase)" -eq 2 ] || fail "$phase: a warm-up and a round expected"
done

# What a cold install got is what the warm one links.
trees=$(grep '"type":"sample"' "$work/out/journal.jsonl" | grep -v '"phase":"p1' |
    sed 's/.*"tree_digest":"\([0-9a-f]*\)".*/\1/' | sort -u | wc -l)
[ "$trees" -eq 1 ] || fail "$trees different trees"

# What plumb counts for itself is kept with each sample, and explains what moved.
for phase in p0_full_cold p1_resolve p3_cold_install p4_warm_link; do
    grep "\"phase\":\"$phase\"" "$work/out/journal.jsonl" | grep '"type":"sample"' |
        grep -v '"counts":"{\\"up_to_date\\": ' && fail "$phase: a sample without counts"
done
rm -rf "$work/out"
bench --snapshot "$work/synthetic" --arm cold=plumb --arm same=plumb --phases p4 --rounds 1
expect_status 0
# A file that was changed by hand stands in for another build.
sed -i '/"arm":"same"/s/\\"place_ns\\": [0-9]*/\\"place_ns\\": 1/g' "$work/out/journal.jsonl"
"$PB_BIN/phasebench" explain "$work/out" --baseline cold --arm same --json >"$work/explain.json" ||
    fail "explain: $(cat "$work/explain.json")"
expect_in "$work/explain.json" '"schema":"phasebench-explain/1"'
expect_in "$work/explain.json" '{"name":"times.place_ns","source":"counts",'
