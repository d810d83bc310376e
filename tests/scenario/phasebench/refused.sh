# SPDX-License-Identifier: MIT
# What cannot be run is said before anything is measured, with the right exit status.
. "$(dirname "$0")/lib.sh"

refused() { # STATUS TEXT OPTIONS...
    want=$1 text=$2
    shift 2
    rm -rf "$work/out"
    bench "$@"
    expect_status "$want"
    expect_in "$work/log" "$text"
    [ ! -s "$work/out/journal.jsonl" ] || fail "a journal was begun: $*"
}

refused 2 'unknown manager' --arms nobody
refused 2 'phase p9' --arms fake --phases p9
refused 2 'named twice' --arms fake,fake
refused 2 'named twice' --arms fake --phases p0,p0_full_cold
refused 2 'duration' --arms fake --timeout soon
refused 2 'rounds' --arms fake --rounds 0
refused 2 '--package' --arms fake --phases p7
refused 2 'registry elsewhere' --arms fake --registry elsewhere
refused 2 'neither a bundled one' --arms fake no-such-project
refused 5 'not found' --arm gone=fake:/no/such/program
refused 5 'snapshot.json' --arms fake --snapshot "$work"

# A result folder that cannot be made.
: >"$work/file"
bench --arms fake --out "$work/file/out"
expect_status 5
expect_in "$work/log" 'result folder'

# One that holds results already.
rm -rf "$work/out"
bench --arms fake --phases p1 --rounds 1
expect_status 0
lines=$(wc -l <"$work/out/journal.jsonl")
bench --arms fake --phases p1 --rounds 1
expect_status 2
expect_in "$work/log" '--resume'
[ "$(wc -l <"$work/out/journal.jsonl")" -eq "$lines" ] || fail "the old journal was touched"

# Nothing to resume.
status=0
"$PB_BIN/phasebench" run --resume "$work/nothing" >"$work/log" 2>&1 || status=$?
[ "$status" -ne 0 ] || fail "a missing folder was resumed"
