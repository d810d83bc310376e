#!/bin/sh
# SPDX-License-Identifier: MIT
# How right the gate is here: N gates of plumb against itself (none may be red), or N gates of plumb
# with a delay of so many percent (most must be red). Not a test: it needs a quiet machine and time.
#
#   gate_on_this_machine.sh BIN_DIR FOLDER N [PERCENT [PHASES [SNAPSHOT]]]
#
# BIN_DIR holds phasebench, plumb and bench_delay (cmake --build build/dev --target pb_bench).
# Finished gates of FOLDER are kept and counted: run it again to go on, or for more.
set -eu
bin=$(cd "$1" && pwd)
folder=$2
wanted=$3
percent=${4:-0}
phases=${5:-p1,p4}
snapshot=${6:-} # of phasebench synth or record; the bundled synthetic one by default
mkdir -p "$folder"

# Both arms go through the same wrapper, so that it is no difference between them.
wrapper() { # FILE PERCENT
    printf '#!/bin/sh\nexec "%s/bench_delay" %s "%s/plumb" "$@"\n' "$bin" "$2" "$bin" >"$1"
    chmod +x "$1"
}
wrapper "$folder/base" 0
wrapper "$folder/head" "$percent"

i=0
while [ "$i" -lt "$wanted" ]; do
    i=$((i + 1))
    out=$folder/gate-$i
    if ! grep -q '"how":"finished"' "$out/journal.jsonl" 2>/dev/null; then
        if [ -e "$out/journal.jsonl" ]; then set -- --resume "$out"; else
            set -- --arm "base=plumb:$folder/base" --arm "head=plumb:$folder/head" \
                --baseline base --phases "$phases" --out "$out" ${snapshot:+--snapshot "$snapshot"}
        fi
        "$bin/phasebench" run "$@" >"$out.log" 2>&1 || [ $? -eq 3 ] || {
            tail -n 3 "$out.log" >&2
            exit 5
        }
    fi
    "$bin/phasebench" gate "$out" --accept contaminated >"$out.gate" || true
    sed -n '1p;/^p[0-9]/p' "$out.gate" | cut -c1-110
done
echo "red: $(cat "$folder"/gate-*.gate | grep -c '^head against base: regression') of $i gates"
for phase in $(echo "$phases" | tr , ' '); do
    cat "$folder"/gate-*.gate | grep "^$phase" | awk -v p="$phase" '
        { n[$2]++ } END { printf "%s:", p; for (v in n) printf " %s %d", v, n[v]; print "" }'
done
echo "samples that others disturbed: $(cat "$folder"/gate-*/journal.jsonl | grep -c '"outcome":"contaminated"' || true)" \
    "of $(cat "$folder"/gate-*/journal.jsonl | grep -c '"type":"sample"')"
