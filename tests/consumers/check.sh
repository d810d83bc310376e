#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [CONSUMER...]: each report format read by its own consumer, for a plausible journal, the
# same with names that need escaping, and the same cut in the middle. Exits 1 when a consumer refuses
# a file, 77 when those that are installed accept but one is missing (a line each). $PB_BIN names
# the folder of the programs.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${PB_BIN:-$here/../../build/dev/bin}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
missing=0
failed=0

skip() {
    echo "skipped: $1"
    missing=1
}

# try WHAT COMMAND...: a line of the result; the output only when it fails.
try() {
    local what=$1 status=0
    shift
    "$@" > "$work/output" 2>&1 || status=$?
    case $status in
    0) echo "ok: $what: $(tail -n 1 "$work/output")" ;;
    77) skip "$what: $(tail -n 1 "$work/output")" ;;
    *)
        echo "FAILED: $what (status $status)"
        sed 's/^/    /' "$work/output" | tail -n 20
        failed=1
        ;;
    esac
}

# needs PROGRAM PACKAGE: whether it is there.
needs() {
    command -v "$1" > /dev/null && return
    skip "no $1: $2"
    return 1
}

for program in make_journal report_only; do
    if ! [ -x "$bin/$program" ]; then
        echo "skipped: no $bin/$program: build first"
        exit 77
    fi
done
if ! command -v python3 > /dev/null; then
    echo "skipped: no python3"
    exit 77
fi

mkdir -p "$work/plausible" "$work/nasty" "$work/cut"
"$bin/make_journal" "$work/plausible" 9 4 12
# Quotes, markup, formulas, separators, control characters, and bytes that are not UTF-8.
python3 - "$work/plausible/journal.jsonl" "$work/nasty/journal.jsonl" << 'PYTHON'
import sys
text = open(sys.argv[1], "rb").read()
for old, new in ((b'"bun"', rb'"=b\"u<n>&,/x y\u0007\n]]>-8"'), (b'"yarn"', b'"y\xff\xc3(rn\xe2\x82"'),
                 (b'"replay"', rb'"re{play}\\ \"quoted\" it\u0027s"'),
                 (b"left-pad@npm", rb"</script><img src=x onerror=alert(1)>\u001b[31m")):
    text = text.replace(old, new)
open(sys.argv[2], "wb").write(text)
PYTHON
head -c 200000 "$work/plausible/journal.jsonl" > "$work/cut/journal.jsonl"

# render KIND FORMAT: the report in $work/KIND/FORMAT.
render() {
    [ -e "$work/$1/$2" ] || "$bin/report_only" report "$work/$1" --format "$2" -o "$work/$1/$2"
}

# recount PYTHON FORMAT...: by check_formats.py, with the CSV as the truth.
recount() {
    local python=$1 kind format
    shift
    for kind in plausible nasty cut; do
        render $kind csv
        for format in "$@"; do
            render $kind "$format"
            try "$kind $format: python" "$python" "$here/check_formats.py" "$format" \
                "$work/$kind/$format" "$work/$kind/csv"
        done
    done
}

check_python() {
    recount python3 csv json hyperfine benchfmt bmf customSmallerIsBetter html
}

# Of several Pythons, the one that has the OpenMetrics parser.
check_openmetrics() {
    local python=python3 candidate
    for candidate in python3 /usr/bin/python3; do
        "$candidate" -c "import prometheus_client" 2> /dev/null && python=$candidate && break
    done
    recount "$python" openmetrics
}

check_xmllint() {
    local kind
    needs xmllint "apt-get install libxml2-utils" || return 0
    for kind in plausible nasty cut; do
        render $kind junit
        try "$kind junit: xmllint" xmllint --noout --schema "$here/junit.xsd" "$work/$kind/junit"
    done
}

# It reads the older text format, whose info metrics are gauges.
check_promtool() {
    local kind
    needs promtool "apt-get install prometheus" || return 0
    for kind in plausible nasty cut; do
        render $kind openmetrics
        sed 's/^\(# TYPE .*\) info$/\1_info gauge/; s/^\(# HELP phasebench_\(cell\|journal_problem\)\) /\1_info /' \
            "$work/$kind/openmetrics" > "$work/$kind/prometheus"
        try "$kind openmetrics: promtool" promtool check metrics < "$work/$kind/prometheus"
    done
}

check_benchstat() {
    local kind
    needs benchstat "neither Debian 12 nor npm has it; its grammar is checked by check_formats.py" ||
        return 0
    for kind in plausible nasty cut; do
        render $kind benchfmt
        try "$kind benchfmt: benchstat" benchstat -col /pm -row /phase "$work/$kind/benchfmt"
        if grep -q "benchfmt:[0-9]*:" "$work/output"; then
            echo "FAILED: $kind benchfmt: benchstat complains"
            failed=1
        fi
    done
}

[ $# -gt 0 ] || set -- python openmetrics xmllint promtool benchstat
for consumer in "$@"; do
    "check_$consumer"
done
[ $failed -eq 0 ] || exit 1
[ $missing -eq 0 ] || exit 77
