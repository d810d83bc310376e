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
