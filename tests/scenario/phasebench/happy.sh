# SPDX-License-Identifier: MIT
# Two good arms through all phases: figures in every cell, the journal complete, nothing left behind.
. "$(dirname "$0")/lib.sh"

bench --arm one=fake --arm two=fake,FAKE_MODE=none --rounds 2 --seed 7 --title "a title" \
    --phases p0,p1,p3,p4,p5,p6,p7 --package delta
expect_status 0
for phase in p0_full_cold p1_resolve p3_cold_install p4_warm_link p5_repeat p6_second_project p7_add_one; do
    expect_in "$work/log" "## $phase"
    for arm in one two; do
        expect_cell $arm $phase ok
        [ "$(samples $arm $phase)" -eq 3 ] || fail "$arm $phase: a warm-up and two rounds expected"
    done
done
expect_in "$work/out/report.md" "| PM |"
expect_in "$work/out/journal.jsonl" '"how":"finished"'
expect_in "$work/out/journal.jsonl" '"order_seed":"7"'
expect_in "$work/out/journal.jsonl" '"version":"1.2.3"'
[ ! -e "$work/out/work" ] || fail "the work folder was left behind"

# Counts of the tiny registry: three dependencies.
p0=$(grep '"type":"sample"' "$work/out/journal.jsonl" | grep '"phase":"p0' | head -n 1)
p4=$(grep '"type":"sample"' "$work/out/journal.jsonl" | grep '"phase":"p4' | head -n 1)
for want in '"requests_metadata":3' '"requests_tarball":3' '"tree_packages":3' '"net_connections":6'; do
    case $p0 in *"$want"*) ;; *) fail "p0 has no $want: $p0" ;; esac
done
case $p4 in *'"requests_tarball":0'*) ;; *) fail "p4 fetched: $p4" ;; esac
# The write-back of each sample is timed.
! grep '"type":"sample"' "$work/out/journal.jsonl" | grep -qv '"writeback_ns":[1-9]' ||
    fail "a sample without its write-back"
# What one sample adds is not in the store of the next.
[ "$(grep '"phase":"p7' "$work/out/journal.jsonl" | grep -c '"requests_tarball":1,')" -eq 6 ] ||
    fail "p7 did not fetch the added package every time"

# The reports can be made again from the journal alone.
"$PB_BIN/phasebench" report "$work/out" --format markdown -o "$work/again.md"
cmp "$work/again.md" "$work/out/report.md" || fail "the second report differs"
