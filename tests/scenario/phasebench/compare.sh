# SPDX-License-Identifier: MIT
# Two runs are compared only where they were taken under the same conditions, figure by figure.
. "$(dirname "$0")/lib.sh"

take() { # NAME OPTIONS...: a run of one arm in $work/NAME
    name=$1
    shift
    status=0
    "$PB_BIN/phasebench" run --snapshot "$work/snapshot" --managers-dir "$here/managers" --arm fake \
        --phases p1 --rounds 5 --linger 300ms --out "$work/$name" "$@" >"$work/log" 2>&1 || status=$?
    expect_status 0
}

compare() {
    status=0
    "$PB_BIN/phasebench" compare "$@" >"$work/log" 2>&1 || status=$?
}

refused() { # TEXT A B OPTIONS...
    text=$1
    shift
    compare "$@"
    expect_status 3
    expect_in "$work/log" "cannot compare: $text"
}

# A busy machine may move the same program by more than it says: then the status is 3, after the
# figures.
compared() {
    compare "$@"
    case $status in 0 | 3) ;; *) fail "exit status $status" ;; esac
    expect_in "$work/log" 'p1_resolve fake: '
    ! grep -q 'cannot compare' "$work/log" || fail "refused: $*"
}

take plain
take again
compared "$work/plain" "$work/again"
compared "$work/plain" "$work/again" --metric requests_metadata
expect_in "$work/log" 'equivalent 3 -> 3'
compare "$work/plain" "$work/again" --metric no_such_thing
expect_status 2

# Isolation.
take open --netns off
if "$PB_BIN/phasebench" report "$work/plain" --format json | grep -q '"network":"private'; then
    refused 'other isolation: network: private' "$work/plain" "$work/open"
fi
take linked --netns off --link 1ms:1Gbit
refused 'other isolation: link: none and 1 ms, 1 Gbit/s' "$work/open" "$work/linked"
compared "$work/open" "$work/linked" --allow policy
take pinned --netns off --pin 0
refused 'other isolation: processors: none and 0: ' "$work/open" "$work/pinned"
if unshare --mount mount -t tmpfs none /tmp 2>/dev/null; then
    take in_memory --netns off --fs tmpfs
    refused 'other isolation: file system: none and tmpfs' "$work/open" "$work/in_memory" --allow machine
    refused 'another machine: filesystem: ' "$work/open" "$work/in_memory"
fi

# Probes: the same run as taken with less. Times are there at every level, other figures are not.
mkdir "$work/bare"
sed 's/"probe_level":"[^"]*"/"probe_level":"launcher machine"/' "$work/plain/journal.jsonl" \
    >"$work/bare/journal.jsonl"
compared "$work/plain" "$work/bare"
refused 'other probes: rss_tree_peak_bytes was not taken in ' "$work/plain" "$work/bare" \
    --metric rss_tree_peak_bytes
if grep -q '"probe_level":"[^"]*process' "$work/plain/journal.jsonl"; then
    refused 'other probes: faults_minor was taken by process in one result and by launcher in the other' \
        "$work/plain" "$work/bare" --metric faults_minor
    compared "$work/plain" "$work/bare" --metric faults_minor --allow probes
fi

# What is doubtful is said, and no verdict is given by it.
spoil() { # NAME SED-EXPRESSION: the plain run with a fault
    mkdir "$work/$1"
    sed "$2" "$work/plain/journal.jsonl" >"$work/$1/journal.jsonl"
    compare "$work/plain" "$work/$1"
    expect_status 3
}
spoil cut '/"type":"end"/d'
expect_in "$work/log" 'p1_resolve fake: doubtful '
expect_in "$work/log" "doubtful: $work/cut: the run did not finish"
"$PB_BIN/phasebench" compare "$work/plain" "$work/cut" --json >"$work/json" 2>/dev/null || true
expect_in "$work/json" '"run":"b","reason":"the run did not finish'
expect_in "$work/json" '"verdict":"doubtful"'
spoil busy 's/"outcome":"ok"/"outcome":"contaminated"/'
expect_in "$work/log" "doubtful: $work/busy: mostly_undisturbed: "
spoil cold '/"round":0,/d'
expect_in "$work/log" 'p1_resolve fake: invalid: warmed_up: '
