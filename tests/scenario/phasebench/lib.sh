# SPDX-License-Identifier: MIT
# For the scenarios: a tiny snapshot, the fake manager, and questions to a journal.
set -eu
: "${PB_BIN:?}" "${PB_SRC:?}"
here=$PB_SRC/tests/scenario/phasebench
work=$(mktemp -d)
# A run's own files may still be being deleted in the background.
clean() { rm -rf "$work" 2>/dev/null || { sleep 2; rm -rf "$work"; }; }
trap clean EXIT
export PHASEBENCH_CACHE="$work/cache"
"$PB_BIN/make_snapshot" "$work/snapshot"

fail() {
    echo "FAILED: $*" >&2
    for log in "$work"/log "$work"/out/journal.jsonl; do
        [ ! -f "$log" ] || { echo "--- $log" >&2; tail -c 6000 "$log" >&2; }
    done
    exit 1
}

# serve_snapshot [FOLDER]: a snapshot, without FOLDER the tiny one, at $url, by a server of its own
# until the scenario ends.
serve_snapshot() {
    : >"$work/served" # the server may take its time to open it
    "$PB_BIN/phasebench" serve "${1:-$work/snapshot}" --port 0 >"$work/served" 2>&1 &
    server=$!
    trap 'kill "$server" 2>/dev/null || true; clean' EXIT
    for _ in $(seq 100); do
        url=$(sed -n 's/.* at //p' "$work/served")
        [ -z "$url" ] || break
        sleep 0.1
    done
    [ -n "$url" ] || fail "the server did not start"
}

# bench OPTIONS...: a run of fake managers on the tiny snapshot. Output in $work/log, status in $status.
bench() {
    status=0
    "$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" \
        --linger 300ms --out "$work/out" "$@" >"$work/log" 2>&1 || status=$?
}

expect_status() {
    [ "$status" -eq "$1" ] || fail "exit status $status, expected $1"
}

expect_in() { # FILE TEXT
    grep -qF -- "$2" "$1" || fail "$1 has no: $2"
}

# samples ARM PHASE [ROUND]: how many there are in the journal.
samples() {
    grep '"type":"sample"' "$work/out/journal.jsonl" | grep -F "\"arm\":\"$1\"" |
        grep -F "\"phase\":\"$2" | grep -cF "\"round\":${3:-}" || true
}

# expect_cell ARM PHASE OUTCOME [REASON]: its last line in the journal. A sample that other work on
# the machine disturbed ("contaminated") holds all the same.
expect_cell() {
    line=$(grep -E '"type":"(sample|seed)"' "$work/out/journal.jsonl" | grep -F "\"arm\":\"$1\"" |
        grep -F "\"phase\":\"$2" | tail -n 1)
    case $line in
    *"\"outcome\":\"$3\""*"${4:-}"*) ;;
    *'"outcome":"contaminated"'*) [ "$3" = ok ] || fail "cell $1 $2 is not $3: $line" ;;
    *) fail "cell $1 $2 is not $3 (${4:-}): $line" ;;
    esac
}

# expect_reported CHECK: every report format names it.
expect_reported() {
    for format in $("$PB_BIN/phasebench" list formats | cut -d ' ' -f 1); do
        "$PB_BIN/phasebench" report "$work/out" --format "$format" >"$work/report" || fail "no $format"
        tr -d '\\' <"$work/report" | grep -qF -- "$1" || fail "$format does not say $1"
    done
}

# A project like the snapshot's in $work/project, for scenarios that put something into it.
make_project() {
    mkdir -p "$work/project"
    cp "$work/snapshot/project/package.json" "$work/project/"
}
