# SPDX-License-Identifier: MIT
# Traces as Perfetto's own trace processor reads them: plumb's spans, and where the machine allows
# it the whole traces of `phasebench trace`. First, traces with a fault must be refused.
root=$PB_SRC
# shellcheck source=tests/tools/tools.sh
. "$root/tests/tools/tools.sh"
if ! has_tool trace-processor; then
    echo "skipped: $missing"
    exit 77
fi
. "$root/tests/scenario/phasebench/lib.sh"
check() { node "$root/tests/consumers/check_perfetto.mjs" "$@"; }

# refused NAME EVENTS
refused() {
    printf '{"traceEvents":[%s]}' "$2" >"$work/$1.json"
    ! check "$work/$1.json" >"$work/log" 2>&1 || fail "not refused: $1"
}
named='{"ph":"M","pid":1,"tid":1,"name":"process_name","args":{"name":"p"}}'
printf '{"traceEvents":[%s,%s]}' "$named" '{"ph":"X","pid":1,"tid":1,"name":"a","ts":1.5,"dur":2}' \
    >"$work/good.json"
check "$work/good.json" >"$work/log" 2>&1 || fail "a good trace is refused"
refused overlap '{"ph":"X","pid":1,"tid":1,"name":"a","ts":1,"dur":4},{"ph":"X","pid":1,"tid":1,"name":"b","ts":3,"dur":4}'
refused endless "$named,"'{"ph":"B","pid":1,"tid":1,"name":"a","ts":1}'
refused loose_flow "$named,"'{"ph":"s","pid":1,"tid":1,"id":1,"name":"f","ts":1},{"ph":"f","bp":"e","pid":1,"tid":1,"id":1,"name":"f","ts":2}'

"$PB_BIN/phasebench" synth -o "$work/synthetic" --packages 40 --files 300 >/dev/null
mv "$work/snapshot" "$work/tiny"
mv "$work/synthetic" "$work/snapshot"
serve_snapshot
cp -r "$work/snapshot/project" "$work/project"
(cd "$work/project" && HOME=$work "$PB_BIN/plumb" install --registry "$url" --store "$work/store" \
    --trace "$work/plumb.json") >"$work/log" 2>&1 || fail "no trace of plumb"
check "$work/plumb.json"

if ! "$PB_BIN/phasebench" list probes | grep -q '^timeline .* here '; then
    echo "no timeline probes here: whole traces were left out"
    exit 0
fi
for arm in plumb fake-traced; do
    snapshot=$work/snapshot
    [ $arm = plumb ] || snapshot=$work/tiny
    "$PB_BIN/phasebench" trace --snapshot "$snapshot" --managers-dir "$here/managers" --arm $arm \
        --phase p0 --rounds 2 --out "$work/$arm" -o "$work/$arm.json" >"$work/log" 2>&1 ||
        fail "no trace of $arm"
    check "$work/$arm.json"
done
