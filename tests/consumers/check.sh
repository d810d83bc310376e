#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [BIN]: each report format read by its own consumer, for a plausible journal, the same
# with names that need escaping, and the same cut in the middle. Exits 1 when a consumer refuses a
# file, 77 when all that are installed accept but some are missing (a line each).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bin=${1:-${PB_BIN:-$here/../../build/dev/bin}}
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

for program in make_journal report_only; do
    if ! [ -x "$bin/$program" ]; then
        echo "skipped: no $bin/$program: build first"
        exit 77
    fi
done
# Of several Pythons, the one that has the OpenMetrics parser.
python=$(command -v python3 || true)
for candidate in "$python" /usr/bin/python3; do
    if [ -x "$candidate" ] && "$candidate" -c "import prometheus_client" 2> /dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "skipped: no python3"
    exit 77
fi

mkdir -p "$work/plausible" "$work/nasty" "$work/cut"
"$bin/make_journal" "$work/plausible" 9 4 12
# Quotes, markup, formulas, separators, control characters, and bytes that are not UTF-8.
"$python" - "$work/plausible/journal.jsonl" "$work/nasty/journal.jsonl" << 'PYTHON'
import sys
text = open(sys.argv[1], "rb").read()
for old, new in ((b'"bun"', rb'"=b\"u<n>&,/x y\u0007\n]]>-8"'), (b'"yarn"', b'"y\xff\xc3(rn\xe2\x82"'),
                 (b'"replay"', rb'"re{play}\\ \"quoted\" it\u0027s"'),
                 (b"left-pad@npm", rb"</script><img src=x onerror=alert(1)>\u001b[31m")):
    text = text.replace(old, new)
open(sys.argv[2], "wb").write(text)
PYTHON
head -c 200000 "$work/plausible/journal.jsonl" > "$work/cut/journal.jsonl"

for kind in plausible nasty cut; do
    for format in csv json hyperfine benchfmt bmf customSmallerIsBetter openmetrics junit html; do
        "$bin/report_only" report "$work/$kind" --format "$format" -o "$work/$kind/$format"
        [ $format = junit ] && continue
        try "$kind $format: python" "$python" "$here/check_formats.py" "$format" \
            "$work/$kind/$format" "$work/$kind/csv"
    done
    if command -v xmllint > /dev/null; then
        try "$kind junit: xmllint" xmllint --noout --schema "$here/junit.xsd" "$work/$kind/junit"
    fi
    if command -v promtool > /dev/null; then
        # promtool reads the older text format, whose info metrics are gauges.
        sed 's/^\(# TYPE .*\) info$/\1_info gauge/; s/^\(# HELP phasebench_\(cell\|journal_problem\)\) /\1_info /' \
            "$work/$kind/openmetrics" > "$work/$kind/prometheus"
        try "$kind openmetrics: promtool" promtool check metrics < "$work/$kind/prometheus"
    fi
    if command -v benchstat > /dev/null; then
        try "$kind benchfmt: benchstat" benchstat -col /pm -row /phase "$work/$kind/benchfmt"
        if grep -q "benchfmt:[0-9]*:" "$work/output"; then
            echo "FAILED: $kind benchfmt: benchstat complains"
            failed=1
        fi
    fi
done
command -v xmllint > /dev/null || skip "junit: no xmllint: apt-get install libxml2-utils"
command -v promtool > /dev/null || skip "openmetrics: no promtool: apt-get install prometheus"
command -v benchstat > /dev/null ||
    skip "benchfmt: no benchstat (not in Debian); its grammar was checked by check_formats.py"

[ $failed -eq 0 ] || exit 1
[ $missing -eq 0 ] || exit 77
