#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# scripts/bench.sh calls phasebench with the right words. A recorder stands in for the program.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

cat >"$dir/phasebench" <<'TEXT'
#!/bin/sh
echo "$*" >>"$CALLS"
case "$1 $2 $3" in
"managers fetch utoo") echo "cannot reach the registry"; exit 5 ;;
esac
for last; do :; done
case $1 in
synth | record) [ -z "$FAIL_MAKE" ] || exit 5; mkdir "$last" ;;
esac
TEXT
chmod +x "$dir/phasebench"
export CALLS=$dir/calls FAIL_MAKE='' PB_PHASEBENCH=$dir/phasebench PB_SNAPSHOTS=$dir/snapshots

fail() {
    printf 'test_bench: %s\n' "$*"
    [ ! -f "$CALLS" ] || cat "$CALLS"
    exit 1
}
# bench ARGUMENTS: output in $output, calls in $CALLS
bench() {
    rm -f "$CALLS"
    output=$("$root/scripts/bench.sh" "$@" 2>&1)
}
called() { grep -qxF -- "$1" "$CALLS" || fail "not called: $1"; }

bench --rounds 3
called "managers fetch bun"
called "synth -o $dir/snapshots/synthetic.part"
called "run --snapshot $dir/snapshots/synthetic --rounds 3"
[[ $output == *"utoo is left out"* ]] || fail "a manager that cannot be had is named: $output"
[[ $output != *"pnpm is left out"* ]] || fail "only that one: $output"

bench
if grep -q '^synth' "$CALLS"; then fail "the snapshot is made once"; fi

bench --project vite-react
called "record fixtures/projects/vite-react -o $dir/snapshots/vite-react.part"
called "run fixtures/projects/vite-react --snapshot $dir/snapshots/vite-react"
bench --project=vite-react
if grep -q '^record' "$CALLS"; then fail "the snapshot is recorded once"; fi

if bench --project no-such-project; then fail "an unknown project passes"; fi
[[ $output == *"there are: "*"vite-react"* ]] || fail "it names the projects: $output"

rm -rf "$PB_SNAPSHOTS"
FAIL_MAKE=1
if bench; then fail "a failed snapshot passes"; fi
[ ! -e "$PB_SNAPSHOTS/synthetic" ] || fail "half a snapshot is left"
FAIL_MAKE=''
bench
called "run --snapshot $dir/snapshots/synthetic"
