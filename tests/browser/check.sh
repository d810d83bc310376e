#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# check.sh [PAGE.html...]: the HTML report in headless Chromium (see check.mjs). Without a page it
# makes two: a plausible run, and the same journal cut in the middle. Needs `chromium` (Debian's
# package or $PB_CHROMIUM) and Node.js; axe-core and playwright-core come from the npm registry
# (tests/tools). Exits 77, saying why, where they cannot be had. Not a part of `./dev test`.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
work=$root/build/browser
bin=${PB_BIN:-$root/build/dev/bin}

skip() {
    echo "skipped: $1"
    exit 77
}

# shellcheck source=tests/tools/tools.sh
. "$root/tests/tools/tools.sh"
fetch_browser || skip "$missing"

pages=("$@")
if [ ${#pages[@]} -eq 0 ]; then
    for program in make_journal report_only; do
        [ -x "$bin/$program" ] || skip "no $bin/$program: build first (PB_BIN names another folder)"
    done
    rm -rf "$work/whole" "$work/cut"
    mkdir -p "$work/whole" "$work/cut"
    "$bin/make_journal" "$work/whole" 9 4 20
    head -c 300000 "$work/whole/journal.jsonl" > "$work/cut/journal.jsonl"
    for kind in whole cut; do
        "$bin/report_only" report "$work/$kind" --format html -o "$work/$kind.html"
        pages+=("$work/$kind.html")
    done
fi
status=0
for page in "${pages[@]}"; do
    echo "$page"
    node "$root/tests/browser/check.mjs" "$page" "$work/shots/$(basename "$page" .html)" || status=1
done
exit $status
