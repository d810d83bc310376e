#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# test.sh [CTEST OPTIONS]: all tests, plain (preset ci) and under sanitizers (preset asan).
# Needs no network when the packages are there.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

total_passed=0 total_failed=0 total_skipped=0 failed_step=0
selection=("$@")

# Sums the lines that Criterion programs close with.
criterion_summary() {
    awk -v preset="$1" '
        /Synthesis: Tested:/ {
            gsub(/\033\[[0-9;]*m/, "")
            for (i = 1; i < NF; i++) {
                if ($i == "Tested:") tested += $(i + 1)
                if ($i == "Passing:") passed += $(i + 1)
                if ($i == "Failing:") failed += $(i + 1)
            }
        }
        END {
            if (tested) printf "criterion(%s): %d tests, %d passed, %d failed\n", preset, tested, passed, failed
        }' "build/$1/Testing/Temporary/LastTest.log"
}

# attribute NAME FILE: of the <testsuite> element.
attribute() { sed -n "s/.*[[:space:]]$1=\"\([0-9]*\)\".*/\1/p" "$2" | head -n 1; }

ctest_summary() {
    local preset=$1 seconds=$2 report=build/$1/ctest.xml tests failed skipped
    tests=$(attribute tests "$report")
    failed=$(attribute failures "$report")
    skipped=$(($(attribute skipped "$report") + $(attribute disabled "$report")))
    total_passed=$((total_passed + tests - failed - skipped))
    total_failed=$((total_failed + failed))
    total_skipped=$((total_skipped + skipped))
    say "ctest($preset): $tests tests, $((tests - failed - skipped)) passed, $failed failed," \
        "$skipped skipped, $seconds s"
}

ctest_preset() {
    local preset=$1
    shift
    ctest --test-dir "build/$preset" --output-on-failure --parallel "$jobs" \
        --output-junit "$root/build/$preset/ctest.xml" "$@"
}

# run_preset PRESET [CTEST OPTIONS]
run_preset() {
    local preset=$1 began
    build_preset "$preset"
    began=$SECONDS
    rm -f "build/$preset/ctest.xml" "build/$preset/Testing/Temporary/LastTest.log"
    step "test $preset" ctest_preset "$@" || failed_step=1
    [ -f "build/$preset/ctest.xml" ] || return 0
    criterion_summary "$preset"
    ctest_summary "$preset" $((SECONDS - began))
}

scripts/setup.sh build test style
run_preset ci "${selection[@]}"
run_preset asan -L '^(unit|property|fuzz|scenario)$' "${selection[@]}"

if [ "$((total_passed + total_failed))" -eq 0 ]; then
    say "dev: no test ran" >&2
    failed_step=1
fi
say "total: $total_passed passed, $total_failed failed, $total_skipped skipped"
[ "$failed_step" -eq 0 ] && [ "$total_failed" -eq 0 ]
