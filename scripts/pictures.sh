#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# pictures.sh [RESULTS]: the pictures of the README and of docs/traces.md, docs/images/report.png,
# timeline.svg and flame.svg, from a result folder with traces of plumb's p3 (phasebench run --trace
# sched,timeline,stacks). Without one it measures the bundled fixture with all managers at hand and
# the limit arm, which takes some minutes and root.
# Needs chromium and Node.js.
# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
# shellcheck source=tests/tools/tools.sh
. "$root/tests/tools/tools.sh"

bin=${PB_BIN:-$root/build/release/bin}
work=$root/build/pictures
[ -x "$bin/phasebench" ] || die "pictures: build first: ./dev build release (PB_BIN names another folder)"
fetch_browser || die "pictures: $missing"

measure() {
    mkdir -p "$work"
    [ ! -e "$work/results/journal.jsonl" ] ||
        die "pictures: $work/results is there: name it, or move it away"
    "$bin/phasebench" managers fetch bun utoo pnpm
    "$bin/phasebench" run --baseline plumb --arms plumb,bun,utoo,pnpm,limit --rounds 10 \
        --trace sched,timeline,stacks --trace-samples 3 --out "$work/results" || [ $? -eq 3 ]
}

results=${1:-}
if [ -z "$results" ]; then
    measure
    results=$work/results
fi
mkdir -p "$work" "$root/docs/images"
"$bin/phasebench" report "$results" --format html -o "$work/report.html"
node "$root/scripts/picture.mjs" "$work/report.html" "$root/docs/images/report.png"
"$bin/phasebench" trace --from "$results" --arm plumb --phase p3 -o "$work/trace.json" \
    --svg "$root/docs/images/timeline.svg" --flame "$work/flame"
cp "$work/flame-cpu.svg" "$root/docs/images/flame.svg"
for picture in report.png timeline.svg flame.svg; do
    bytes=$(stat -c %s "$root/docs/images/$picture")
    [ "$bytes" -lt 250000 ] || die "pictures: $picture has $bytes bytes: too many for the repository"
    say "docs/images/$picture: $bytes bytes"
done
