#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the probes cost, on three loads, as the table of docs/probes.md:
#   tests/bench/probes_overhead.sh BUILD_DIR [LEVELS [LOAD...]]
# LEVELS: default (if none is given), its parts cgroup, process, memory, or sched, syscalls, timeline,
# with commas between; loads: cp forks install, and real: plumb installs fixtures/projects/$PROJECT from
# its snapshot $SNAPSHOT, 60 rounds. Needs: cmake --build BUILD_DIR --target pb_bench
# oracle_program phasebench plumb. With one level some seven minutes; each further one takes half as
# long again. With TMPDIR on a tmpfs no write-back makes installs wander. Columns:
# median of the wall time without probes; rounds; for each level, relative to no probes, the median of
# the paired ratios and its interval: wall, CPU time. The CPU time holds on a busy machine, the wall
# time only where nothing else runs.
set -euo pipefail
bin=$(realpath "$1")/bin projects=$(realpath "$(dirname "$0")/../../fixtures/projects")
snapshot=${SNAPSHOT:+$(realpath "$SNAPSHOT")}
levels=${2:-default}
loads=("${@:3}")
[ ${#loads[@]} -gt 0 ] || loads=(forks install cp) # cp last: what it leaves takes long to delete
work=$(mktemp -d "${TMPDIR:-/tmp}/probes-overhead.XXXXXX")
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
cd "$work"

bench_cp() {
    for dir in $(seq 250); do
        mkdir -p "tree/$dir"
        (cd "tree/$dir" && seq 200 | xargs touch)
    done
    sync -f .
    "$bin/bench_probes" 40 1 "$levels" "\`cp -al\`, 50,000 files" /bin/cp -al tree 'copy{n}'
}

bench_forks() {
    # On one CPU: where the kernel places a child decides more than any probe.
    "$bin/bench_probes" 60 4 "$levels" "1,000 forks without exec" /usr/bin/taskset -c 1 "$bin/oracle_program" forks 1000
}

bench_installs() { # ROUNDS SNAPSHOT MANIFEST NAME
    "$bin/phasebench" serve "$2" --port 0 >served 2>&1 &
    server=$!
    until url=$(sed -n 's/.* at //p' served) && [ -n "$url" ]; do sleep 0.1; done
    cat >install.sh <<TEXT
mkdir "install\$1" && cp "$3" "install\$1" && cd "install\$1" &&
    HOME=\$PWD exec "$bin/plumb" install --registry "$url" --store ./store --cache ./cache
TEXT
    BENCH_AFTER_ROUND='rm -rf install[0-9]*' \
        "$bin/bench_probes" "$1" 1 "$levels" "$4" /bin/sh install.sh '{n}'
}

bench_install() {
    "$bin/phasebench" synth -o snapshot --packages 1000 >/dev/null
    bench_installs 50 snapshot snapshot/project/package.json "plumb install, 1,000 packages, cold"
}

bench_real() {
    bench_installs 60 "$snapshot" "$projects/$PROJECT/package.json" "plumb install, $PROJECT, cold"
}

head='| load | rounds |' rule='|---|---|'
for level in ${levels//,/ }; do
    head+=" $level: wall | $level: CPU |"
    rule+='---|---|'
done
printf '%s\n' "$head" "$rule"
for load in "${loads[@]}"; do "bench_$load"; done
