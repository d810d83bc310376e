#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Steps of scripts/common.sh: quiet on success, loud on failure, status kept.
set -euo pipefail
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/../../scripts/common.sh"
log_dir=$(mktemp -d)
trap 'rm -rf "$log_dir"' EXIT

fail() {
    printf 'test_step: %s\n' "$*"
    exit 1
}
speak() {
    echo "to output"
    echo "to error" >&2
    return "$1"
}

output=$(step "good one" speak 0 2>&1)
[[ $output == "ok  good one ("*" s)" ]] || fail "success prints: $output"
grep -qx 'to error' "$log_dir/good-one.log" || fail "the log holds both streams"

status=0
output=$(step "bad one" speak 7 2>&1) || status=$?
[ "$status" -eq 7 ] || fail "status is $status"
[[ $output == *"to output"*"to error"*"failed: bad one: exit status 7"* ]] || fail "says: $output"

status=0
output=$(step "absent" no-such-command-here 2>&1) || status=$?
[ "$status" -eq 127 ] || fail "status of an absent command is $status"
