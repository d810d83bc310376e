#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# fuzz.sh TARGET SECONDS: new inputs go to build/fuzz/corpus/TARGET, crashes to build/fuzz/crashes.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

targets() { scripts/list-files.sh '^tests/fuzz/.*/fuzz_[a-z0-9_]+\.c$' | sed 's|.*/fuzz_||; s|\.c$||'; }

if [ $# -ne 2 ]; then
    say "Usage: ./dev fuzz TARGET SECONDS. Targets:" "$(targets | tr '\n' ' ')" >&2
    exit 2
fi
target=$1 seconds=$2
targets | grep -qx -- "$target" || die "fuzz: unknown target: $target: ./dev fuzz lists them"
[[ $seconds =~ ^[1-9][0-9]*$ ]] || die "fuzz: $seconds is not a number of seconds"

scripts/setup.sh build test fuzz
step "configure fuzz" configure fuzz
step "build fuzz_$target" cmake --build --preset fuzz --parallel "$jobs" --target "fuzz_$target"
mkdir -p "build/fuzz/corpus/$target" build/fuzz/crashes
exec "build/fuzz/bin/fuzz_$target" -max_total_time="$seconds" -rss_limit_mb=2048 -timeout=20 \
    -artifact_prefix=build/fuzz/crashes/ "build/fuzz/corpus/$target" "tests/fuzz/corpus/$target"
