# SPDX-License-Identifier: MIT
# `phasebench trace`: a Chrome trace that keeps its rules, with threads, the registry's requests and
# the manager's own spans; flame graphs of functions and of waits; a picture.
. "$(dirname "$0")/lib.sh"

command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }
consumers=$PB_SRC/tests/consumers
trace() {
    status=0
    (cd "$work" && "$PB_BIN/phasebench" trace --snapshot "$work/snapshot" \
        --managers-dir "$here/managers" --out "$work/out" "$@") >"$work/log" 2>&1 || status=$?
}

trace --phase p0
expect_status 2
expect_in "$work/log" '--arm and --phase'
if ! "$PB_BIN/phasebench" list probes | grep -q '^timeline .* here '; then
    trace --arm fake-traced --phase p0
    expect_status 5
    echo "skipped: no timeline probes here"
    exit 77
fi

trace --arm fake-traced --phase p0 --rounds 2 -o trace.json --flame flame --svg picture.svg
expect_status 0
expect_in "$work/log" 'trace: trace.json'
python3 "$consumers/check_trace.py" "$work/trace.json" || fail "the trace breaks the format's rules"
python3 "$consumers/outline_trace.py" "$work/trace.json" >"$work/outline"
diff -u "$PB_SRC/tests/golden/trace/outline.txt" "$work/outline" ||
    fail "another outline than tests/golden/trace/outline.txt"

# Waits, and functions where perf events are allowed (trace_stacks.sh looks into them); graphs and
# picture are XML.
graphs='flame-waits'
if "$PB_BIN/phasebench" list probes | grep -q '^stacks .* here '; then
    graphs='flame-waits flame-cpu flame-off-cpu'
else
    expect_in "$work/log" 'no flame graphs of functions'
    [ ! -e "$work/flame-cpu.svg" ] || fail "a graph without samples"
fi
grep -Eq '^fake_manager;.* [0-9]+$' "$work/flame-waits.folded" || fail "no stack in flame-waits"
for svg in $graphs picture; do
    python3 -c 'import sys, xml.dom.minidom as x; x.parse(sys.argv[1])' "$work/$svg.svg" ||
        fail "$svg.svg is no XML"
done
for text in 'median round' 'worst round' 'fake_manager' 'download' ' metadata, '; do
    expect_in "$work/picture.svg" "$text"
done
# The wall time by where it went is in the journal, so that reports need no other file.
grep '"trace":"timeline"' "$work/out/journal.jsonl" | grep -q '"wall":{"cpu_ns":[1-9]' ||
    fail "the journal does not say where the wall time went"

# From a result folder, nothing is measured again.
before=$(wc -c <"$work/out/journal.jsonl")
mv "$work/trace.json" "$work/first.json"
status=0
(cd "$work" && "$PB_BIN/phasebench" trace --from "$work/out" --arm fake-traced --phase p0) \
    >"$work/log" 2>&1 || status=$?
expect_status 0
cmp "$work/first.json" "$work/trace.json" || fail "another trace from the same folder"
[ "$(wc -c <"$work/out/journal.jsonl")" -eq "$before" ] || fail "measured again"
