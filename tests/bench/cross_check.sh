#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same install as phasebench and as GNU time, strace -c and the network namespace see it:
#   tests/bench/cross_check.sh BUILD_DIR SNAPSHOT
# SNAPSHOT holds project/package.json (phasebench synth), or PROJECT is given as the third argument.
# Needs root (a network namespace of its own), time and strace. Each tool has a run of its own on
# fresh folders, so figures that depend on timing (switches, polls) differ by themselves.
set -euo pipefail
bin=$(realpath "$1")/bin
snapshot=$(realpath "$2")
project=$(realpath "${3:-$snapshot/project}")
if [ "${PB_IN_NAMESPACE:-}" = "" ]; then
    PB_IN_NAMESPACE=1 exec unshare --net "$0" "$bin/.." "$snapshot" "$project"
fi
ip link set lo up
work=$(mktemp -d "${TMPDIR:-/tmp}/cross-check.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"
export PHASEBENCH_CACHE=$work/cache

"$bin/phasebench" serve "$snapshot" --port 0 >served 2>&1 &
server=$!
until url=$(sed -n 's/.* at //p' served) && [ -n "$url" ]; do sleep 0.1; done

"$bin/phasebench" run "$project" --arms plumb --phases p0 --rounds 1 --registry "mine=$url" \
    --trace syscalls --out results >log 2>&1 || { cat log >&2; exit 1; }
sample=$(grep '"type":"sample"' results/journal.jsonl | grep '"round":1')
traced=$(grep '"traced":true' results/journal.jsonl)
of_sample() { printf '%s' "$sample" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
of_call() { printf '%s' "$traced" | sed -n "s/.*{\"name\":\"$1\",\"count\":\([0-9]*\),.*/\1/p"; }

lo() { awk -v column="$1" '$1 == "lo:" { print $column }' /proc/net/dev; }
fresh=0
install_with() { # TOOL...: plumb as phasebench starts it, under a tool
    fresh=$((fresh + 1))
    mkdir -p "fresh$fresh/home" && cp "$project/package.json" "fresh$fresh"
    (cd "fresh$fresh" && env -i PATH=/usr/bin:/bin HOME="$PWD/home" "$@" "$bin/plumb" install \
        --registry "$url" --store "$PWD/store" --cache "$PWD/cache" >output 2>&1)
}
before=$(lo 2)
install_with /usr/bin/time -v -o "$work/time"
lo_bytes=$(($(lo 2) - before))
install_with strace -c -f -o "$work/strace"
of_time() { sed -n "s/.*$1.*: //p" time; }
of_strace() { awk -v call="$1" '$NF == call { print $4 }' strace; }

row() { printf '%-24s %14s %14s  %s\n' "$@"; }
row figure phasebench other tool
row rss_max_bytes "$(of_sample rss_max_bytes)" $(($(of_time 'Maximum resident') * 1024)) "time -v"
row faults_minor "$(of_sample faults_minor)" "$(of_time 'Minor')" "time -v"
row faults_major "$(of_sample faults_major)" "$(of_time 'Major')" "time -v"
row ctx_voluntary "$(of_sample ctx_voluntary)" "$(of_time 'Voluntary')" "time -v"
row disk_write_bytes "$(of_sample disk_write_bytes)" $(($(of_time 'File system outputs') * 512)) "time -v"
row user_ns "$(of_sample user_ns)" "$(of_time 'User time')" "time -v (s)"
row sys_ns "$(of_sample sys_ns)" "$(of_time 'System time')" "time -v (s)"
row "ip_rx + ip_tx" $(($(of_sample ip_rx_bytes) + $(of_sample ip_tx_bytes))) "$lo_bytes" "lo of the namespace"
for call in openat linkat mkdirat symlinkat renameat unlinkat write close connect newfstatat; do
    row "$call" "$(of_call $call)" "$(of_strace $call)" "strace -c -f"
done
