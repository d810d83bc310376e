# SPDX-License-Identifier: MIT
# The doctor's screen, its JSON, a run of one program against itself, and a delay that is found.
. "$(dirname "$0")/lib.sh"

# No registry but loopback, which nobody serves.
npm_config_registry=http://127.0.0.1:9/
HOME=$work
export npm_config_registry HOME

doctor() {
    status=0
    "$PB_BIN/phasebench" doctor "$@" >"$work/log" 2>"$work/messages" || status=$?
}

doctor
expect_status 0
for topic in system CPU memory frequency load steal 'file system' 'free disk' managers registry launcher; do
    grep -q "^$topic  *\(good\|note\|poor\)" "$work/log" || fail "nothing about: $topic"
done
expect_in "$work/log" '127.0.0.1:9'
[ "$(wc -l <"$work/log")" -le 60 ] || fail "more than a screen"

doctor --json
expect_status 0
expect_in "$work/log" '{"schema":"phasebench-doctor/1",'
expect_in "$work/log" '"topic":"load","state":"'
expect_in "$work/log" '{"name":"launcher","gives":'
! grep '"available":false' "$work/log" | grep -q '"cure":null' || fail "a loss without a cure"

# Without any privilege it says the same, each loss with its cure; the folder need not be its own.
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
    mkdir "$work/bare"
    cp "$PB_BIN/phasebench" "$work/bare/"
    chmod 755 "$work" "$work/bare"
    status=0
    (
        cd /tmp
        setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all \
            "$work/bare/phasebench" doctor --json >"$work/log" 2>"$work/messages"
    ) || status=$?
    expect_status 0
    expect_in "$work/log" '{"schema":"phasebench-doctor/1",'
    grep -qF '{"name":"process","gives":"processes, threads, execs; CPU time, faults, switches of all of them","level":"default","available":false,' "$work/log" ||
        fail "BPF without privilege"
    ! grep '"available":false' "$work/log" | grep -q '"cure":null' || fail "a loss without a cure"
fi

# ext4 without a journal is told of, with one it is good.
if unshare --mount mount -t tmpfs none /tmp 2>/dev/null && [ -c /dev/loop-control ]; then
    PATH=$PATH:/usr/sbin:/sbin
    examine_ext4() { # FEATURES EXPECTED
        truncate -s 64M "$work/image"
        mkfs.ext4 -qF -O "$1" "$work/image"
        mkdir -p "$work/mounted"
        unshare --mount sh -c 'mount -o loop "$1/image" "$1/mounted" && "$2" doctor --out "$1/mounted"' \
            sh "$work" "$PB_BIN/phasebench" >"$work/log" 2>&1 || fail "doctor on ext4 $1"
        expect_in "$work/log" "$2"
        rm "$work/image"
    }
    examine_ext4 ^has_journal 'without a journal: for minutes after a large deletion'
    expect_in "$work/log" 'run --fs ext4 makes one'
    examine_ext4 has_journal 'journal data='
fi

same() {
    rm -rf "$work/out"
    doctor --snapshot "$work/snapshot" --managers-dir "$here/managers" --phases p1 --out "$work/out" "$@"
}

same --aa 5 --arms fake
expect_status 0
expect_in "$work/log" 'p1_resolve             5'
expect_in "$work/out/aa.json" '"schema": "phasebench-aa/1"'
expect_in "$work/out/aa.json" '"phase": "p1_resolve", "metric": "wall_ns", "pairs": 5, "change": '
expect_in "$work/out/aa.json" '"low": '

# A command of a second is delayed by another second.
same --aa 5 --inject 100% --arm x=fake,FAKE_MODE=slow
expect_status 0
expect_in "$work/log" 'found'
! grep -q 'not found' "$work/log" || fail "the delay was not found"
[ ! -e "$work/out/aa.json" ] || fail "a delayed arm's figures were written as a bias"
expect_in "$work/out/journal.jsonl" 'delayed_on_purpose'

same --aa 5 --arms fake-install-only
expect_status 3
expect_in "$work/log" 'it always installs'

same --inject 0 --arms fake
expect_status 2
same --aa 4 --arms fake
expect_status 2
same --aa 5 --arms fake,fake-aged
expect_status 2
doctor some-project
expect_status 2
