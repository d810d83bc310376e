# SPDX-License-Identifier: MIT
# The history through its command line: results of 40 days, in which one arm gets slower.
set -eu
: "${PB_BIN:?}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset GITHUB_SHA CI_COMMIT_SHA PHASEBENCH_HISTORY
export XDG_DATA_HOME="$work/data" NO_COLOR=1 LC_ALL=C
history() { "$PB_BIN/phasebench" history "$@"; }
fail() {
    echo "FAILED: $*" >&2
    exit 1
}
refused() { # STATUS WORD COMMAND...
    expected=$1 word=$2 status=0
    shift 2
    "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" -eq "$expected" ] || fail "$*: exit status $status, expected $expected"
    grep -qF -- "$word" "$work/out" || fail "$*: no \"$word\" in: $(cat "$work/out")"
}

refused 5 "history add" history list
"$PB_BIN/make_results" compare "$work/results"
day() { # NUMBER FACTOR
    mkdir "$work/day$1"
    awk -v id="run$1" -v day="$(printf '2026-%02d-%02d' $((1 + $1 / 28)) $((1 + $1 % 28)))" -v factor="$2" '
        { sub(/"id":"[^"]*"/, "\"id\":\"" id "\"")
          sub(/"started_utc":"[^"]*"/, "\"started_utc\":\"" day "T00:00:00Z\"") }
        /"arm":"utoo-next"/ && match($0, /"wall_ns":[0-9]+/) {
            value = substr($0, RSTART + 10, RLENGTH - 10)
            $0 = substr($0, 1, RSTART + 9) sprintf("%.0f", value * factor) substr($0, RSTART + RLENGTH) }
        { print }' "$work/results/journal.jsonl" >"$work/day$1/journal.jsonl"
}
i=0
while [ $i -lt 24 ]; do
    [ $i -lt 12 ] && day $i "1.0$((i % 3))" || day $i "1.2$((i % 3))"
    history add "$work/day$i" --commit "c$i" >"$work/out"
    i=$((i + 1))
done
[ -f "$work/data/phasebench/history.sqlite" ] || fail "the history is elsewhere"
history add "$work"/day* | grep -c "is there already" | grep -qx 24 || fail "a run was added twice"

[ "$(history list | wc -l)" -eq 25 ] || fail "list shows other runs"
history list --json | grep -q '"commit":"c7"' || fail "list --json has no commit"
history show --arm utoo-next --phase p1_resolve | grep -qF "since 2026-01-13 c12" || fail "the change was not found"
history show --arm limit --phase p1_resolve | grep -q "none found" || fail "a change that is none"
history plot --arm utoo-next --width 60 >"$work/plot"
grep -q "c12: 1.1" "$work/plot" || fail "the plot does not name the change"
! grep -q '[^ -~]' "$work/plot" || fail "not ASCII in the C locale"
history plot --format svg -o "$work/plot.svg"
grep -q "</svg>" "$work/plot.svg" || fail "no picture"
[ "$(history export | wc -l)" -gt 500 ] || fail "export has too few points"
[ "$(history export --metric wall_ns --phase p1_resolve --arm utoo-next | wc -l)" -eq 25 ] || fail "the filter does not hold"
history export --format json | grep -q '"changes":\[{"run":"run12"' || fail "no change in the JSON"

# Another reference arm is another series.
mkdir "$work/other"
sed 's/"id":"[^"]*"/"id":"other"/' "$work/results/journal.jsonl" >"$work/other/journal.jsonl"
history add "$work/other" --reference limit >"$work/out"
history show --reference limit --arm utoo | grep -q "too few runs" || fail "no series against limit"

refused 2 nobody history add "$work/results" --reference nobody
refused 5 "nothing there fits" history show --phase p9
refused 2 "" history forget
echo "this is a letter, not a database; and it is longer than the hundred bytes of a header, for sure" >"$work/letter"
refused 5 "$work/letter" history list --db "$work/letter"
refused 5 damaged history add "$work/results" --db "$work/letter"
grep -q "^this is a letter" "$work/letter" || fail "somebody's file was written over"
