# SPDX-License-Identifier: MIT
# What a run can be put under: an emulated link, a file system of its own, chosen processors, a cold
# page cache. Each is in the journal, and each is really there.
. "$(dirname "$0")/lib.sh"

isolation_is() { # TEXT: in the run line
    grep '"type":"run"' "$work/out/journal.jsonl" | grep -qF -- "$1" || fail "the run line has no: $1"
}

again() { # OPTIONS...: a new run of one good arm
    rm -rf "$work/out"
    bench --arm fake --phases p0,p4 --rounds 1 "$@"
}

# A link.
if unshare --user --map-root-user --net true 2>/dev/null && [ -c /dev/net/tun ]; then
    again --link 20ms:100Mbit
    expect_status 0
    isolation_is '"link":"20 ms, 100 Mbit/s: packets delayed between two network namespaces"'
    expect_in "$work/log" '20 ms, 100 Mbit/s'
    expect_in "$work/out/journal.jsonl" '"kind":"link"'
    expect_in "$work/out/journal.jsonl" 'dropped 0'
    grep '"phase":"p0' "$work/out/journal.jsonl" | grep -q '"net_connections":6' || fail "connections are not counted"
    grep -q 'the link carried [1-9]' "$work/out/journal.jsonl" || fail "nothing went over the link"
    rm -rf "$work/out"
    bench --arm leaves=fake,FAKE_MODE=leaves --phases p0 --rounds 1 --link 1ms:1Gbit,slow-start
    expect_status 3
    isolation_is '"link":"1 ms, 1 Gbit/s, slow start: '
    expect_cell leaves p0 invalid 'tcp 203.0.113.7:443'
else
    echo "skipped: the link needs network namespaces and /dev/net/tun"
fi

# Processors.
again --pin 0
expect_status 0
isolation_is '"processors":"0: '
rm -rf "$work/out"
bench --arm shows=fake,FAKE_MODE=shows_cpus --phases p0 --rounds 1 --pin 0
expect_status 3
expect_in "$work/out/journal.jsonl" 'may use 1 processor'

# File systems and the page cache need root in the machine itself, not in a container.
if unshare --mount mount -t tmpfs none /tmp 2>/dev/null; then
    again --fs tmpfs
    expect_status 0
    isolation_is '"file system":"tmpfs: '
    isolation_is '"filesystem":"tmpfs '
    [ ! -e "$work/out/work" ] || fail "the work folder was left behind"
    again --fs tmpfs --keep
    expect_status 2
    again --fs tmpfs --cold-disk
    expect_status 2
    for kind in ext4 xfs btrfs; do
        grep -qw "$kind" /proc/filesystems || continue
        command -v "mkfs.$kind" >/dev/null || [ -x "/usr/sbin/mkfs.$kind" ] || continue
        [ -c /dev/loop-control ] || continue
        again --fs $kind
        expect_status 0
        isolation_is "\"file system\":\"$kind: "
        isolation_is "\"filesystem\":\"$kind "
        [ ! -e "$work/out/work" ] || fail "the work folder was left behind"
    done
    if [ -c /dev/loop-control ] && [ -x /usr/sbin/mkfs.ext4 ]; then
        # Two samples fill six tenths. With a journal each goes before the next, without a word.
        rm -rf "$work/out"
        bench --arm large=fake,FAKE_MODE=large --phases p0,p1,p3 --rounds 1 --fs ext4
        expect_status 0
        isolation_is '"earlier samples":"deleted before each"'
        ! grep -q '"kind":"deleted' "$work/out/journal.jsonl" || fail "deletions are not an event"
        # Without one they stay as long as they can: there is room for the next phase all the same.
        rm -rf "$work/out"
        bench --arm large=fake,FAKE_MODE=large --phases p0,p1,p3 --rounds 1 --fs ext4-nojournal
        expect_status 0
        [ "$(grep -c '"kind":"deleted_between_phases"' "$work/out/journal.jsonl")" -eq 2 ] ||
            fail "no room was made between the phases"
        ! grep -q '"kind":"deleted_early"' "$work/out/journal.jsonl" || fail "deleted within a phase"
    fi
    ! grep -q "$work" /proc/mounts || fail "a mount was left behind"
    ! losetup --list --noheadings --output BACK-FILE 2>/dev/null | grep -q "$work" || fail "a loop device was left"
else
    echo "skipped: --fs needs root"
    again --fs tmpfs
    expect_status 5
    expect_in "$work/log" 'run as root'
fi
if [ -w /proc/sys/vm/drop_caches ] && : 2>/dev/null >>/proc/sys/vm/drop_caches; then
    again --cold-disk
    expect_status 0
    isolation_is '"page cache":"dropped before each sample"'
else
    echo "skipped: --cold-disk needs root"
    again --cold-disk
    expect_status 5
    expect_in "$work/log" 'run as root'
fi

# Without namespaces the server emulates the link; connections are still counted one by one.
again --link 2ms:100Mbit,slow-start --netns off
expect_status 0
isolation_is '"link":"2 ms, 100 Mbit/s, slow start, by the registry server: no private network, as asked for"'
grep '"phase":"p0' "$work/out/journal.jsonl" | grep -q '"net_connections":6' || fail "connections are not counted"

again --link fast
expect_status 2
again --pin 4096
expect_status 2
