#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The same install as phasebench and as GNU time, strace -c and the network namespace see it, as the
# table of docs/probes.md:
#   tests/bench/cross_check.sh BUILD_DIR SNAPSHOT [PROJECT]
# PROJECT is a folder with package.json; without it the snapshot's own (phasebench synth, record).
# Needs root (a network namespace of its own), time and strace. Each tool has runs of its own on
# fresh folders, GNU time two, so that one sees what differs by itself. With PB_KEEP=1 what was
# installed stays in TMPDIR: deleting hundreds of thousands of files disturbs what is measured next.
set -euo pipefail
bin=$(realpath "$1")/bin
snapshot=$(realpath "$2")
project=$(realpath "${3:-$snapshot/project}")
[ -f "$project/package.json" ] || { echo "cross_check.sh: no package.json in $project" >&2 && exit 2; }
for tool in /usr/bin/time strace; do
    command -v "$tool" >/dev/null || { echo "cross_check.sh: $tool is missing: install it" >&2 && exit 5; }
done
if [ "${PB_IN_NAMESPACE:-}" = "" ]; then
    PB_IN_NAMESPACE=1 exec unshare --net "$0" "$bin/.." "$snapshot" "$project"
fi
ip link set lo up
work=$(mktemp -d "${TMPDIR:-/tmp}/cross-check.XXXXXX")
server=
end() {
    [ -z "$server" ] || kill "$server"
    [ "${PB_KEEP:-}" = 1 ] || rm -rf "$work"
}
trap end EXIT
cd "$work"
export PHASEBENCH_CACHE=$work/cache

: >served
"$bin/phasebench" serve "$snapshot" --port 0 >served 2>&1 &
server=$!
until url=$(sed -n 's/.* at //p' served) && [ -n "$url" ]; do
    kill -0 "$server" 2>/dev/null || { cat served >&2 && exit 5; }
    sleep 0.1
done

# What it installed stays: it would be deleted in the background, beside the next tool.
"$bin/phasebench" run "$project" --arms plumb --phases p0 --rounds 1 --registry "mine=$url" \
    --trace syscalls --keep --out results >log 2>&1 || { cat log >&2; exit 1; }
sample=$(grep '"type":"sample"' results/journal.jsonl | grep '"round":1')
traced=$(grep '"traced":true' results/journal.jsonl)
of_sample() { printf '%s' "$sample" | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p"; }
of_call() { printf '%s' "$traced" | sed -n "s/.*{\"name\":\"$1\",\"count\":\([0-9]*\),.*/\1/p"; }

lo() { awk '$1 == "lo:" { print $2 }' /proc/net/dev; }
fresh=0
install_with() { # TOOL...: plumb as phasebench starts it, under a tool
    fresh=$((fresh + 1))
    mkdir -p "fresh$fresh/home" && cp "$project/package.json" "fresh$fresh"
    sync -f . && sleep 1
    (cd "fresh$fresh" && env -i PATH=/usr/bin:/bin HOME="$PWD/home" "$@" "$bin/plumb" install \
        --registry "$url" --store "$PWD/store" --cache "$PWD/cache" >output 2>&1)
}
for i in 1 2; do
    before=$(lo)
    install_with /usr/bin/time -v -o "$work/time$i"
    echo $(($(lo) - before)) >"lo$i"
done
install_with strace -c -f -o "$work/strace"

of_time() { # RUN LABEL SCALE
    sed -n "s/.*$2.*: //p" "time$1" | awk -v scale="$3" '{ printf "%.0f", $1 * scale }'
}
of_strace() { awk -v call="$1" '$NF == call { print $4 }' strace; }

# row FIGURE OURS TOOL THEIRS...: with the difference of the other's (of the nearest) to ours.
row() {
    awk -v figure="$1" -v ours="$2" -v tool="$3" -v theirs="${*:4}" '
        function commas(n,   s) {
            s = sprintf("%.0f", n) # %d of mawk ends at 2^31
            while (s ~ /[0-9][0-9][0-9][0-9]/ && match(s, /[0-9]+/))
                s = substr(s, 1, RLENGTH - 3) "," substr(s, RLENGTH - 2)
            return s
        }
        BEGIN {
            count = split(theirs, other, " ")
            for (i = 1; i <= count; i++) {
                list = list (i > 1 ? "; " : "") commas(other[i])
                off = ours > 0 ? 100 * (other[i] / ours - 1) : 0
                if (i == 1 || off * off < nearest * nearest) nearest = off
            }
            said = ours == other[1] ? "equal" : sprintf("%+.1f %%", nearest)
            printf "| %s | %s | %s | %s, %s |\n", figure, commas(ours), list, tool, said
        }'
}
both() { # FIGURE LABEL SCALE: of GNU time
    row "$1" "$(of_sample "$1")" "GNU time" "$(of_time 1 "$2" "$3")" "$(of_time 2 "$2" "$3")"
}
printf '%s (%s files), plumb, p0_full_cold:\n\n' "$(basename "$project")" \
    "$(find fresh1/node_modules -type f | wc -l)"
printf '| figure | phasebench | other | |\n|---|---|---|---|\n'
for call in symlinkat unlinkat connect mkdirat renameat newfstatat write linkat openat close; do
    row "$call" "$(of_call $call)" strace "$(of_strace $call)"
done
row 'ip_rx_bytes + ip_tx_bytes' $(($(of_sample ip_rx_bytes) + $(of_sample ip_tx_bytes))) \
    'lo of the namespace' "$(cat lo1)" "$(cat lo2)"
both disk_write_bytes 'File system outputs' 512
both user_ns 'User time' 1000000000
both sys_ns 'System time' 1000000000
both rss_max_bytes 'Maximum resident' 1024
both faults_minor 'Minor' 1
both faults_major 'Major' 1
both ctx_voluntary 'Voluntary' 1
