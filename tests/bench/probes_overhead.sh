#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the probes cost, on three loads (figures: docs/probes.md):
#   tests/bench/probes_overhead.sh BUILD_DIR [ROUNDS [LOAD...]]      loads: cp forks install
# Needs: cmake --build BUILD_DIR --target pb_bench oracle_program phasebench plumb. Run it where
# nothing else runs; columns: wall in ms (median, least), then relative to no probes: wall (median of
# paired ratios and its interval), CPU time.
set -euo pipefail
bin=$(realpath "$1")/bin
rounds=${2:-10}
loads=("${@:3}")
[ ${#loads[@]} -gt 0 ] || loads=(cp forks install)
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
    "$bin/bench_probes" "$rounds" "cp -al" /bin/cp -al tree 'copy{n}'
}

bench_forks() {
    "$bin/bench_probes" "$rounds" forks "$bin/oracle_program" forks 1000
}

bench_install() {
    "$bin/phasebench" synth -o snapshot --packages 300 >/dev/null
    "$bin/phasebench" serve snapshot --port 0 >served 2>&1 &
    server=$!
    until url=$(sed -n 's/.* at //p' served) && [ -n "$url" ]; do sleep 0.1; done
    cat >install.sh <<TEXT
mkdir "install\$1" && cp snapshot/project/package.json "install\$1" && cd "install\$1" &&
    HOME=\$PWD exec "$bin/plumb" install --registry "$url" --store ./store --cache ./cache
TEXT
    "$bin/bench_probes" "$rounds" install /bin/sh install.sh '{n}'
}

printf '%-10s %-9s %9s %9s  %8s  %19s  %8s\n' load level median least wall interval CPU
for load in "${loads[@]}"; do "bench_$load"; done
