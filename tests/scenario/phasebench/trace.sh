# SPDX-License-Identifier: MIT
# Traced samples come on top, are marked, and count in no figure; where they cannot be had, the run
# says so once and goes on.
. "$(dirname "$0")/lib.sh"

bench --arms fake --phases p0 --rounds 2 --trace nonsense
expect_status 2
expect_in "$work/log" 'none of sched, syscalls, timeline, stacks'

bench --arms fake --phases p0,p4 --rounds 2 --trace sched,syscalls --trace timeline
expect_status 0
journal=$work/out/journal.jsonl
timed=$(grep '"type":"sample"' "$journal" | grep -vc '"traced":true')
[ "$timed" -eq 6 ] || fail "$timed timed samples, expected 6"

if ! "$PB_BIN/phasebench" list probes | grep -q '^sched .* here '; then
    [ "$(grep -c '"kind":"trace_lost"' "$journal")" -eq 3 ] || fail "a loss per level is expected"
    grep -q '"traced":true' "$journal" && fail "a trace without a tracer"
    exit 0
fi
traced=$(grep '"traced":true' "$journal")
[ "$(printf '%s\n' "$traced" | wc -l)" -eq 6 ] || fail "three levels of two phases are expected"
printf '%s\n' "$traced" | grep -q '"trace":"sched","detail":{"off_cpu":\[' || fail "no waits"
printf '%s\n' "$traced" | grep -q '"name":"execve","count":1,"errors":0' || fail "no system calls"
# What other levels do not ask for is not made up.
printf '%s\n' "$traced" | grep '"trace":"sched"' | grep -q '"syscalls"' && fail "mixed levels"
file=$work/out/$(printf '%s\n' "$traced" | sed -n 's/.*"file":"\([^"]*p0[^"]*\)".*/\1/p')
[ "$(head -c 8 "$file")" = PBTIMELN ] || fail "no timeline in $file"
[ $((($(wc -c <"$file") - 56) % 40)) -eq 0 ] || fail "$file has no whole number of events"

# A finished run that is resumed traces nothing again.
status=0
"$PB_BIN/phasebench" run --resume "$work/out" >"$work/log" 2>&1 || status=$?
expect_status 0
[ "$(grep -c '"traced":true' "$journal")" -eq 6 ] || fail "traced twice"
